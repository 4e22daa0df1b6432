"""A tone that a person or a school added."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

IN_REACH = [MinValueValidator(-1), MaxValueValidator(1)]


class OwnToneQuerySet(models.QuerySet):
    def owned_by(self, person):
        return self.filter(owner=person)

    def for_person(self, person):
        """Their own, and those that an admin shares with everyone."""
        return self.filter(models.Q(owner=person) | models.Q(owner=None))


class OwnTone(models.Model):
    """A region of valence and energy, with a name of its own."""

    #: None: shared with everyone in this house, as a school may do.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        editable=False,
        related_name="own_tones",
    )
    name = models.CharField(_("name"), max_length=20)
    description = models.CharField(_("in words"), max_length=200, blank=True)
    valence = models.FloatField(_("mood"), default=0, validators=IN_REACH)
    energy = models.FloatField(_("pace"), default=0, validators=IN_REACH)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnToneQuerySet.as_manager()

    class Meta:
        app_label = "stories"
        verbose_name = _("tone of one's own")
        verbose_name_plural = _("tones of one's own")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="own_tone_name")
        ]

    def __str__(self):
        return f"tone {self.pk}"


class SharedToneManager(models.Manager.from_queryset(OwnToneQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(owner=None)


class SharedTone(OwnTone):
    """The tones that belong to nobody, for admins to keep."""

    objects = SharedToneManager()

    class Meta:
        app_label = "stories"
        proxy = True
        verbose_name = _("tone for everyone")
        verbose_name_plural = _("tones for everyone")
