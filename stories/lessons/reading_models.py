"""What came of reading: answers, what pupils wrote, and what an adult must see."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.lessons.models import Question, Tale, Writing
from users.classrooms.models import Pupil


class Reading(models.Model):
    """A pupil's way through one tale. Nothing of how they felt is measured."""

    tale = models.ForeignKey(Tale, models.CASCADE, related_name="readings")
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="readings")
    opened_at = models.DateTimeField(auto_now_add=True)
    seconds = models.PositiveIntegerField(default=0)  # with the page in front
    looked_up = models.JSONField(default=list)  # words tapped for their meaning
    answered_at = models.DateTimeField(null=True, blank=True)
    #: What they thought of the story, 1 to 5: said by the child, never guessed.
    smile = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tale", "pupil"], name="one_reading")
        ]


class Answer(models.Model):
    reading = models.ForeignKey(Reading, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    text = models.TextField(max_length=2000)
    right = models.BooleanField(null=True)  # None: no answer is right or wrong
    #: Help was shown beside it, and the teacher is told.
    care = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reading", "question"], name="one_answer")
        ]


class TurnQuerySet(models.QuerySet):
    def taught_by(self, person):
        return self.filter(reading__pupil__in=Pupil.objects.taught_by(person))

    def open_to(self, pupil):
        """What this pupil may write on now: given out, and the teacher wants it."""
        return self.filter(
            reading__pupil=pupil, reading__tale__in=Tale.objects.assigned_to(pupil)
        ).exclude(reading__tale__lesson__writing=Writing.NONE)


class Turn(models.Model):
    """A pupil writes after reading: on where the story ended, or a story of their own.

    What they write is a Story of the editor; the teacher can always read all of it.
    """

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="turns")
    own = models.BooleanField(default=False)  # not the continuation of what was read
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["own"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "own"], name="one_turn_a_kind")
        ]


class NoticeQuerySet(models.QuerySet):
    def taught_by(self, person):
        return self.filter(pupil__in=Pupil.objects.taught_by(person))

    def open(self):
        return self.filter(seen_at=None)


class Notice(models.Model):
    """Something that sounds like danger, until a teacher has seen to it.

    It holds no words: they stand where they were written. What the same pupil writes
    until then joins it, so that nobody gets forty letters.
    """

    class Outcome(models.TextChoices):
        SPOKEN = "spoken", _("I have spoken with the child")
        PASSED = "passed", _("the safeguarding contact takes it on")
        MISTAKEN = "mistaken", _("it was about something else")

    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="notices")
    count = models.PositiveIntegerField(default=1)
    by_model = models.BooleanField(default=False)  # some of it, or all
    created_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField()
    letter_due = models.BooleanField(default=True)
    letter_begun_at = models.DateTimeField(null=True, blank=True)
    letter_sent_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"],
                condition=models.Q(seen_at=None),
                name="one_open_notice_a_pupil",
            )
        ]

    def __str__(self):
        return f"notice {self.pk}"
