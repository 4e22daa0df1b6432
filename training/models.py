"""What a model may learn from a person, the runs that learn it, and what came out."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Voice(models.Model):
    """Whether a model may learn from a person, and which version speaks for them."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="voice"
    )
    #: Asked for and given, never assumed.
    learns = models.BooleanField(_("may learn"), default=False)
    #: Learns again by itself when there is enough that is new.
    by_itself = models.BooleanField(_("learns by itself"), default=True)
    adapter = models.ForeignKey(
        "Adapter", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Asks now and then which of two is better, without saying whose is whose.
    blind = models.BooleanField(_("asks blind"), default=True)
    #: When it last asked, or was told to ask later.
    blind_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"voice of person {self.person_id}"


class Document(models.Model):
    """Examples that belong together: a story, an imported text, the experiences."""

    class Kind(models.TextChoices):
        STORY = "story", _("story")
        IMPORT = "import", _("imported text")
        EXPERIENCES = "experiences", _("experiences")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="documents"
    )
    key = models.CharField(max_length=80)  # "story 1f0c..."; names it in its own room
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200, blank=True)
    #: Whether anything of it may be learnt from.
    allowed = models.BooleanField(_("may be learnt from"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="document_key")
        ]

    def __str__(self):
        return f"document {self.pk}"  # the title is personal: not for logs


class Workshop(models.Model):
    """Whether anything is learnt at all just now. There is one row."""

    paused = models.BooleanField(_("all learning is paused"), default=False)

    def __str__(self):
        return "workshop"

    @classmethod
    def is_paused(cls) -> bool:
        return cls.objects.filter(paused=True).exists()


class ExampleQuerySet(models.QuerySet):
    def owned_by(self, person):
        return self.filter(document__person=person)

    def counting(self):
        """What the next run learns from."""
        return self.filter(taken_out_at=None, document__allowed=True)

    def in_time(self):
        return self.order_by("document__created_at", "document", "written_at", "pk")


class Example(models.Model):
    """One thing to learn from, copied here so that it can be seen and taken out."""

    class Kind(models.TextChoices):
        OWN = "own", _("your own words")
        EDIT = "edit", _("you changed a passage")
        CHOICE = "choice", _("you chose one passage over another")
        BLIND = "blind", _("you chose in a blind test")
        UP = "up", _("thumb up")
        DOWN = "down", _("thumb down")

    document = models.ForeignKey(Document, models.CASCADE, related_name="examples")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.TextField()
    #: For edits and choices: what it was preferred to.
    over = models.TextField(blank=True)
    #: What had been asked for, and the end of what stood before it.
    ask = models.TextField(blank=True)
    context = models.TextField(blank=True)
    #: What the person gave as the reason, in their words or ours.
    reason = models.CharField(max_length=500, blank=True)
    words = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    taken_out_at = models.DateTimeField(null=True, blank=True)

    objects = ExampleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "key"], name="example_key")
        ]
        indexes = [models.Index(fields=["document", "written_at"])]

    def __str__(self):
        return f"example {self.pk}"

    @property
    def why(self) -> str:
        """Why it counts, for the ledger; own words need no explanation."""
        return str(WHY.get(Example.Kind(self.kind), ""))


#: What a model is to learn from an example that is not the person's own text.
WHY = {
    Example.Kind.EDIT: _("It is to write more like what you made of it."),
    Example.Kind.CHOICE: _("It is to write more like what you chose."),
    Example.Kind.BLIND: _(
        "It is to write more like what you chose without knowing whose it was."
    ),
    Example.Kind.UP: _(
        "It is to find such passages likelier; the words stay the model's own."
    ),
    Example.Kind.DOWN: _("It is to find such passages less likely."),
}


class Wish(models.TextChoices):
    NONE = "", _("go on")
    PAUSE = "pause", _("pause")
    CANCEL = "cancel", _("cancel")


class TrainingRunQuerySet(models.QuerySet):
    def owned_by(self, person):
        return self.filter(person=person)

    def open(self):
        return self.filter(status__in=TrainingRun.OPEN)

    def waiting(self):
        return self.filter(status=TrainingRun.Status.QUEUED)

    def running(self):
        return self.filter(status=TrainingRun.Status.RUNNING)


class TrainingRun(models.Model):
    """One try at learning a person's voice. At most one of a person's is open."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("learning")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Trigger(models.TextChoices):
        PERSON = "person", _("asked for")
        SIGNALS = "signals", _("enough was new")
        SCHEDULE = "schedule", _("its time had come")
        TAKEN = "taken", _("something was taken out")

    OPEN = (Status.QUEUED, Status.RUNNING, Status.PAUSED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="training_runs"
    )
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    trigger = models.CharField(
        max_length=8, choices=Trigger.choices, default=Trigger.PERSON
    )
    wish = models.CharField(
        max_length=8, choices=Wish.choices, default=Wish.NONE, blank=True
    )
    lease = models.UUIDField(null=True, blank=True)  # which worker holds it
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)  # a sentence for the person
    model = models.CharField(max_length=200, blank=True)
    #: What it learnt from: counts by kind, and words.
    examples = models.JSONField(default=dict, blank=True)
    words = models.PositiveIntegerField(default=0)
    #: The last sign of progress, as the engine told it.
    progress = models.JSONField(default=dict, blank=True)
    #: Gates and figures for an engineer, and a few passages before and after.
    report = models.JSONField(null=True, blank=True)
    samples = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    alive_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status__in=["queued", "running", "paused"]),
                name="one_open_run",
            )
        ]
        indexes = [models.Index(fields=["status", "alive_at"])]

    def __str__(self):
        return f"run {self.id}"

    @property
    def folder(self) -> Path:
        """Its checkpoints; holds weights only, and is gone when the run ends."""
        return settings.VAR / "runs" / str(self.pk)


class AdapterQuerySet(models.QuerySet):
    def owned_by(self, person):
        return self.filter(person=person)

    def usable(self):
        return self.filter(disabled=False)


class Adapter(models.Model):
    """One version of a person's voice: weights in a folder that never changes."""

    class Checked(models.TextChoices):
        PASSED = "passed", _("sound")
        WAITING = "waiting", _("being checked")
        REFUSED = "refused", _("cannot be used")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="adapters"
    )
    number = models.PositiveIntegerField()  # 1 is the person's first
    run = models.OneToOneField(
        TrainingRun, models.SET_NULL, null=True, blank=True, related_name="adapter"
    )
    #: The version that spoke before it.
    after = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    model = models.CharField(max_length=200)  # shown to people
    fingerprint = models.CharField(max_length=64)  # of that model's weights
    #: Digests of the examples it was made from. What is taken out later shows here.
    ledger = models.JSONField(default=list)
    words = models.PositiveIntegerField(default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    #: Integrity: what is learnt here is checked before, what is brought, afterwards.
    checked = models.CharField(
        max_length=8, choices=Checked.choices, default=Checked.PASSED
    )
    disabled = models.BooleanField(_("disabled by an admin"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AdapterQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="adapter_number")
        ]

    def __str__(self):
        return f"adapter {self.id}"

    @property
    def folder(self) -> Path:
        return settings.VAR / "voices" / str(self.pk)

    @property
    def label(self) -> str:
        """How a passage remembers which voice wrote it."""
        return f"{self.number} {self.pk}"


class BlindChoice(models.Model):
    """One answer to "which of these two?"; the texts stay in the story."""

    adapter = models.ForeignKey(Adapter, models.CASCADE, related_name="blind_choices")
    #: The older version it was compared with; None: the bare model.
    against = models.ForeignKey(
        Adapter, models.CASCADE, null=True, blank=True, related_name="+"
    )
    won = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"blind choice {self.pk}"
