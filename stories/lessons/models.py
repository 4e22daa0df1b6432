"""A lesson, and the story of it for each pupil."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from users.choices import TONES
from users.classrooms.models import Classroom, Level, Pronoun, Pupil


class Kind(models.TextChoices):
    """How a target word may stand in a sentence."""

    THING = "thing", _("a thing one can count")
    STUFF = "stuff", _("something one cannot count")
    ACTION = "action", _("something one does")
    QUALITY = "quality", _("how something is")


class Length(models.TextChoices):
    SHORT = "short", _("short (about 90 words)")
    MEDIUM = "medium", _("medium (about 150 words)")
    LONG = "long", _("long (about 240 words)")


class Form(models.TextChoices):
    STORY = "story", _("story")
    DIARY = "diary", _("diary")
    LETTER = "letter", _("letter")


class Writing(models.TextChoices):
    """What pupils may do when they have read."""

    NONE = "none", _("read and answer only")
    OWN = "own", _("write on in their own words")
    HELPED = "helped", _("write on, and ask Storyloom for a sentence")


class Making(models.TextChoices):
    PLANNED = "planned", _("planned")
    QUEUED = "queued", _("waiting")
    WORKING = "working", _("being made")
    DONE = "done", _("made")
    STOPPED = "stopped", _("stopped")


class LessonQuerySet(models.QuerySet):
    def taught_by(self, person):
        return self.filter(classroom__in=Classroom.objects.taught_by(person))


class Lesson(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    classroom = models.ForeignKey(Classroom, models.CASCADE, related_name="lessons")
    #: Who planned it; the lesson stays with the class when they leave.
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="lessons"
    )
    title = models.CharField(_("title"), max_length=120)
    goal = models.TextField(_("goal"), max_length=500)
    #: [{"word", "kind", "meaning"}]
    words = models.JSONField(_("target words"), default=list)
    facts = models.JSONField(_("facts that must be told truly"), default=list)
    level = models.CharField(
        _("reading level"), max_length=10, choices=Level.choices, default=Level.EASY
    )
    length = models.CharField(
        _("length"), max_length=10, choices=Length.choices, default=Length.MEDIUM
    )
    tone = models.CharField(
        _("tone"), max_length=20, choices=list(TONES.items()), blank=True
    )
    form = models.CharField(
        _("form"), max_length=10, choices=Form.choices, default=Form.STORY
    )
    for_class = models.BooleanField(_("one story for the whole class"), default=True)
    for_each = models.BooleanField(_("one for each pupil"), default=True)
    own_level = models.BooleanField(_("each pupil's own reading level"), default=True)
    own_needs = models.BooleanField(
        _("each starts from what they need next"), default=True
    )
    hero = models.CharField(_("hero of the class story"), max_length=30, default="Pip")
    pronoun = models.CharField(
        _("the hero is a"), max_length=5, choices=Pronoun.choices, default=Pronoun.SHE
    )
    writing = models.CharField(
        _("after reading, pupils may"),
        max_length=10,
        choices=Writing.choices,
        default=Writing.OWN,
    )
    status = models.CharField(
        max_length=10, choices=Making.choices, default=Making.PLANNED
    )
    stop_asked = models.BooleanField(default=False)
    lease = models.UUIDField(null=True, blank=True)  # which worker makes it
    alive_at = models.DateTimeField(null=True, blank=True)  # its heartbeat
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return f"lesson {self.id}"


class Made(models.TextChoices):
    WAITING = "waiting", _("waiting")
    WRITING = "writing", _("being written")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("stopped")


class Review(models.TextChoices):
    DRAFT = "draft", _("draft")
    REVIEWED = "reviewed", _("reviewed")
    ASSIGNED = "assigned", _("assigned")


class TaleQuerySet(models.QuerySet):
    def taught_by(self, person):
        return self.filter(lesson__classroom__in=Classroom.objects.taught_by(person))

    def assigned_to(self, pupil):
        """What this pupil may read: approved, given out, theirs or the class's."""
        return self.filter(
            models.Q(pupil=pupil) | models.Q(pupil=None),
            lesson__classroom=pupil.classroom_id,
            lesson__classroom__archived_at=None,
            review=Review.ASSIGNED,
        )


class Tale(models.Model):
    """One learning story: the class's (no pupil) or one pupil's."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="tales")
    pupil = models.ForeignKey(
        Pupil, models.CASCADE, null=True, blank=True, related_name="tales"
    )
    made = models.CharField(max_length=10, choices=Made.choices, default=Made.WAITING)
    share = models.PositiveSmallIntegerField(default=0)  # percent that is written
    error = models.CharField(max_length=300, blank=True)
    title = models.CharField(_("title"), max_length=120, blank=True)
    #: [[{"text", "source"}]]: paragraphs of sentences, as they now stand.
    paragraphs = models.JSONField(default=list)
    #: The text as it came, to lay beside what the teacher made of it.
    drawn = models.TextField(blank=True)
    #: What was asked against what is there (stories.lessons.values.Report).
    report = models.JSONField(default=dict)
    #: [{"word", "meaning", "quote"}]
    glossary = models.JSONField(default=list)
    #: [{"rule", "word", "quote", "fine"?}]: what a teacher must decide on.
    flags = models.JSONField(default=list)
    level = models.CharField(max_length=10, choices=Level.choices)
    #: Words this pupil practises in it; None: those of their profile.
    practise = models.JSONField(null=True, blank=True)
    model = models.CharField(max_length=200, blank=True)
    seed = models.BigIntegerField(default=0)
    review = models.CharField(
        max_length=10, choices=Review.choices, default=Review.DRAFT
    )
    #: Goes up with every change of what a pupil would see.
    version = models.PositiveIntegerField(default=0)
    assigned_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TaleQuerySet.as_manager()

    class Meta:
        ordering = ["pupil__nickname_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "pupil"], name="one_tale_a_pupil"
            ),
            models.UniqueConstraint(
                fields=["lesson"],
                condition=models.Q(pupil=None),
                name="one_tale_a_class",
            ),
        ]

    def __str__(self):
        return f"tale {self.pk}"

    @property
    def text(self) -> str:
        return "\n\n".join(
            " ".join(line["text"] for line in paragraph)
            for paragraph in self.paragraphs
        )

    @property
    def has_facts(self) -> bool:
        return any(line["source"] == "fact" for p in self.paragraphs for line in p)

    @property
    def undecided(self) -> list[dict]:
        return [flag for flag in self.flags if not flag.get("fine")]


class Look(models.Model):
    """A teacher has opened a tale at this version: what approving it needs."""

    tale = models.ForeignKey(Tale, models.CASCADE, related_name="looks")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tale", "teacher"], name="one_look")
        ]


class Question(models.Model):
    class Kind(models.TextChoices):
        RECALL = "recall", _("what happens")
        INFERENCE = "inference", _("thinking")
        VOCABULARY = "vocabulary", _("words")
        OWN_LIFE = "own life", _("my own life")

    tale = models.ForeignKey(Tale, models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rule = models.CharField(max_length=20, blank=True)  # how it was made
    text = models.CharField(_("question"), max_length=500)
    options = models.JSONField(default=list, blank=True)
    key = models.CharField(_("right answer"), max_length=400, blank=True)
    #: An exact quote of the tale that proves the key.
    evidence = models.TextField(_("quote that shows it"), blank=True)
    word = models.CharField(max_length=30, blank=True)  # the target word it is about
    #: {"with", "without"}: see stories.lessons.answering.
    check_of = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["number"]

    @property
    def proved(self) -> bool:
        """Whether the quote still stands in the tale."""
        return bool(self.evidence) and self.evidence in self.tale.text


from stories.lessons.reading_models import (  # noqa: E402, F401  (tables of ours too)
    Answer,
    Notice,
    Reading,
    Turn,
)
