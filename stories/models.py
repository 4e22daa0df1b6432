"""A story is a tree of passages; the chosen path is what one reads."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Form(models.TextChoices):
    STORY = "story", _("story")
    DIARY = "diary", _("diary")
    LETTER = "letter", _("letter")
    POEM = "poem", _("poem")
    SCRIPT = "script", _("script")


class Teller(models.TextChoices):
    I = "I", _("I")  # noqa: E741 (it is what they say)
    SHE = "she", _("she")
    HE = "he", _("he")
    THEY = "they", _("they")


class Level(models.TextChoices):
    """How hard the language is; as the bundled model learnt it."""

    SIMPLE = "simple", _("simple")
    PLAIN = "plain", _("plain")
    RICH = "rich", _("rich")


class Tone(models.TextChoices):
    JOYFUL = "joyful", _("joyful")
    TENDER = "tender", _("tender")
    HOPEFUL = "hopeful", _("hopeful")
    WISTFUL = "wistful", _("wistful")
    TENSE = "tense", _("tense")
    SAD = "sad", _("sad")
    NEUTRAL = "neutral", _("neutral")


class Strength(models.TextChoices):
    """How strongly a tone is pursued."""

    GENTLE = "gentle", _("gently")
    CLEAR = "clear", _("clearly")
    STRONG = "strong", _("strongly")


class TurningPoint(models.TextChoices):
    """Turning points that a passage can be asked to be."""

    LOSS = "loss", _("a loss")
    GIFT = "gift", _("a gift")
    MEETING = "meeting", _("a meeting")
    DISCOVERY = "discovery", _("a discovery")
    DECISION = "decision", _("a decision")
    RETURN = "return", _("a return")


class Length(models.TextChoices):
    SHORT = "short", _("short")
    MEDIUM = "medium", _("medium")
    LONG = "long", _("long")


class Creativity(models.TextChoices):
    CAREFUL = "careful", _("careful")
    BALANCED = "balanced", _("balanced")
    WILD = "wild", _("wild")


class StoryQuerySet(models.QuerySet):
    def owned_by(self, person):
        """A person's own; what a pupil writes in a class is found by its turn only."""
        return self.filter(owner=person, turn=None)

    def active(self):
        return self.filter(archived_at=None)

    def matching(self, words):
        """With these words in the title, or in a passage that was not deleted."""
        told = Passage.objects.kept().filter(story=models.OuterRef("pk"))
        return self.filter(
            models.Q(title__icontains=words)
            | models.Exists(told.filter(text__icontains=words))
        )

    def last_opened_first(self):
        return self.order_by("-opened_at", "-created_at")


class Story(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="stories"
    )
    #: Set for what a pupil writes in a class: other rules hold (services/rules.py).
    turn = models.OneToOneField(
        "Turn", models.CASCADE, null=True, blank=True, related_name="story"
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    form = models.CharField(
        _("form"), max_length=10, choices=Form.choices, default=Form.STORY
    )
    teller = models.CharField(
        _("told by"), max_length=4, choices=Teller.choices, blank=True
    )
    level = models.CharField(
        _("language"), max_length=6, choices=Level.choices, blank=True
    )
    #: One of ours or one of the person's own (arcs/tones.py).
    tone = models.CharField(_("tone"), max_length=20, blank=True)
    strength = models.CharField(
        _("how strongly"),
        max_length=10,
        choices=Strength.choices,
        default=Strength.CLEAR,
    )
    #: {"shape", "points", "passages"} as arcs/shapes.py has it; None: let it be.
    arc = models.JSONField(null=True, blank=True)
    note = models.TextField(_("direction note"), max_length=1000, blank=True)
    length = models.CharField(
        _("length"), max_length=10, choices=Length.choices, default=Length.MEDIUM
    )
    creativity = models.CharField(
        _("creativity"),
        max_length=10,
        choices=Creativity.choices,
        default=Creativity.BALANCED,
    )
    show_authors = models.BooleanField(_("show who wrote what"), default=True)
    #: The last passage of the chosen path; None while nothing is written.
    tip = models.ForeignKey(
        "Passage", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Goes up with every change, so a tab can tell that it missed one.
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        indexes = [models.Index(fields=["owner", "archived_at", "-opened_at"])]

    def __str__(self):
        return f"story {self.id}"  # the title is personal: not for logs


class Author(models.TextChoices):
    PERSON = "person", _("you")
    MODEL = "model", _("Storyloom")


class Mode(models.TextChoices):
    """How an entry came to be. Directions are never story text."""

    WRITE = "write", _("written")
    DIRECT = "direct", _("directed")
    CONTINUE = "continue", _("continued")


class Status(models.TextChoices):
    QUEUED = "queued", _("waiting")
    WRITING = "writing", _("being written")
    FINISHED = "finished", _("finished")
    STOPPED = "stopped", _("stopped")
    INTERRUPTED = "interrupted", _("interrupted")
    FAILED = "failed", _("failed")


class PassageQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(deleted_at=None)

    def under_way(self):
        return self.filter(status__in=[Status.QUEUED, Status.WRITING])


class Passage(models.Model):
    """One entry of a story. Siblings (same parent) are alternatives."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="passages")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    #: The child the path goes on with, remembered when another branch is read.
    chosen = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: The passage this one was asked for instead of (retry).
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="retries"
    )
    number = models.PositiveIntegerField()  # order of creation within the story
    key = models.UUIDField(null=True, blank=True)  # the request's; makes it idempotent
    author = models.CharField(max_length=10, choices=Author.choices)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    direction = models.TextField(blank=True, max_length=2000)
    text = models.TextField(blank=True)  # the text as it now stands
    #: None until the first edit: then the revision the text stands at.
    revision = models.ForeignKey(
        "Revision", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    status = models.CharField(
        max_length=12, choices=Status.choices, default=Status.FINISHED
    )
    error = models.CharField(max_length=300, blank=True)  # a sentence for the person
    tone_asked = models.CharField(max_length=20, blank=True)
    #: The guide's reading of the text as the model wrote it, before any edit.
    tone_measured = models.JSONField(null=True, blank=True)
    #: What was aimed at: {"tone", "as", "valence"?, "energy"?, "strength", "source"}.
    tone_target = models.JSONField(null=True, blank=True)
    #: What came of it: {"met", "layers", "candidates", "faults"}.
    tone_outcome = models.JSONField(null=True, blank=True)
    #: The turning point it was asked to be, if any (arcs/turns.py).
    turn = models.CharField(max_length=12, choices=TurningPoint.choices, blank=True)
    model = models.CharField(max_length=200, blank=True)
    adapter = models.CharField(max_length=200, blank=True)
    seed = models.BigIntegerField(null=True, blank=True)
    sampling = models.JSONField(null=True, blank=True)
    tokens = models.PositiveIntegerField(default=0)
    #: What the model saw: [{"part", "text", "tokens", "experience"?}], as sent.
    saw = models.JSONField(null=True, blank=True)
    #: Help was shown beside it; such words never train a model.
    care = models.BooleanField(default=False)
    never_train = models.BooleanField(default=False)
    stop_asked = models.BooleanField(default=False)
    lease = models.UUIDField(null=True, blank=True)  # which worker writes it
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    alive_at = models.DateTimeField(null=True, blank=True)  # the writer's heartbeat
    finished_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = PassageQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["story", "number"], name="passage_number"),
            models.UniqueConstraint(fields=["story", "key"], name="passage_key"),
        ]
        indexes = [models.Index(fields=["status", "alive_at"])]

    def __str__(self):
        return f"passage {self.pk}"


class Revision(models.Model):
    """A text a passage once had. The first one holds what was there before any edit."""

    passage = models.ForeignKey(Passage, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    author = models.CharField(max_length=10, choices=Author.choices)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["passage", "number"], name="revision_number"
            )
        ]


class Change(models.Model):
    """One undoable step: which fields went from what to what. Holds no story text.

    `fields` is a list of {"model", "id", "field", "before", "after"}, where the model
    is "story" or "passage".
    """

    story = models.ForeignKey(Story, models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=40)  # "edit", "delete", "choose", ...
    fields = models.JSONField(default=list)
    undone = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["story", "number"], name="change_number")
        ]


class Signal(models.Model):
    """Something a person showed about a passage, kept for the learning to come."""

    class Kind(models.TextChoices):
        UP = "up", _("thumb up")
        DOWN = "down", _("thumb down")
        CHOICE = "choice", _("chosen over another")
        EDIT = "edit", _("edited")
        RETRY = "retry", _("asked for again")
        FEELS = "feels", _("feels otherwise")

    passage = models.ForeignKey(Passage, models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: The passage not chosen, or the one a retry replaced.
    over = models.ForeignKey(
        Passage, models.CASCADE, null=True, blank=True, related_name="+"
    )
    before = models.ForeignKey(
        Revision, models.CASCADE, null=True, blank=True, related_name="+"
    )
    after = models.ForeignKey(
        Revision, models.CASCADE, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["passage", "kind"])]


from stories.arcs.models import OwnTone, SharedTone  # noqa: E402, F401 (ours too)
from stories.lessons.models import (  # noqa: E402, F401  (tables of this app)
    Answer,
    Lesson,
    Look,
    Notice,
    Question,
    Reading,
    Tale,
    Turn,
)
