"""Two passages for the same place, by two versions of one person's voice."""

from django.db import models
from django.db.models import Q


class BlindTest(models.Model):
    story = models.ForeignKey("Story", models.CASCADE, related_name="blind_tests")
    #: In the order they are shown.
    first = models.ForeignKey("Passage", models.CASCADE, related_name="+")
    second = models.ForeignKey("Passage", models.CASCADE, related_name="+")
    #: The versions; `old` is None for the bare model. Drawn by lot, told to nobody.
    new = models.ForeignKey("training.Adapter", models.CASCADE, related_name="+")
    old = models.ForeignKey(
        "training.Adapter", models.CASCADE, null=True, blank=True, related_name="+"
    )
    new_first = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["story"], condition=Q(answered_at=None), name="one_open_test"
            )
        ]

    def __str__(self):
        return f"blind test {self.pk}"

    @property
    def passages(self):
        return self.first, self.second

    @property
    def by_new(self):
        return self.first if self.new_first else self.second

    @property
    def by_old(self):
        return self.second if self.new_first else self.first
