"""Who someone is: account, role, and what they told us about themselves."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    WRITER = "writer", _("writer")
    TEACHER = "teacher", _("teacher")
    ADMIN = "admin", _("admin")
    #: Lives in one class and has no e-mail (see users.classrooms); never granted.
    PUPIL = "pupil", _("pupil")


class PersonManager(UserManager):
    """People log in with their e-mail address; there is no user name."""

    def create_user(self, email, password=None, **fields):
        if not email:
            raise ValueError("A person needs an e-mail address.")
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email, password=None, **fields):
        fields.update(role=Role.ADMIN, is_staff=True, is_superuser=True)
        return self.create_user(email, password, **fields)

    def create_pupil(self, nickname):
        """Someone without an address, whose pictures are still to be chosen."""
        pupil = self.model(email=None, first_name=nickname, role=Role.PUPIL)
        pupil.set_unusable_password()
        pupil.save(using=self._db)
        return pupil

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


class User(AbstractUser):
    """A person. `role` is granted by an admin, never chosen by oneself."""

    username = None  # type: ignore[assignment]  # Django's way to drop a field
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(  # type: ignore[assignment]  # noqa: DJ001 (unique)
        _("e-mail"),
        unique=True,
        null=True,  # a pupil has none
        error_messages={"unique": _("An account with this e-mail exists.")},
    )
    first_name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(
        _("role"), max_length=10, choices=Role.choices, default=Role.WRITER
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = PersonManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["-date_joined"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role=Role.PUPIL, email=None)
                | (~models.Q(role=Role.PUPIL) & models.Q(email__isnull=False)),
                name="pupils_and_only_pupils_have_no_email",
            )
        ]

    def __str__(self):
        return f"person {self.pk}"  # name and e-mail are personal: not for logs

    def clean(self):
        super().clean()
        self.email = self.email.lower() if self.email else None

    def get_full_name(self) -> str:
        return self.first_name

    @property
    def called(self) -> str:
        return self.first_name or (self.email or "").partition("@")[0]


class Consent(models.TextChoices):
    """How far an experience may travel. Each level includes the one before."""

    NEVER = "never", _("keep to myself")
    PROMPT = "prompt", _("may be used in my stories")
    TRAIN = "train", _("may be used in my stories and to teach my model")


class Profile(models.Model):
    """What shapes a person's passages besides the story itself."""

    person = models.OneToOneField(User, models.CASCADE, related_name="profile")
    values = models.JSONField(default=list, blank=True)  # ranked words, best first
    tones = models.JSONField(default=list, blank=True)  # names from users.choices
    valence = models.FloatField(
        default=0, validators=[MinValueValidator(-1), MaxValueValidator(1)]
    )
    energy = models.FloatField(
        default=0, validators=[MinValueValidator(-1), MaxValueValidator(1)]
    )
    avoid = models.JSONField(default=list, blank=True)  # words and subjects
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"profile of person {self.person_id}"


class ExperienceQuerySet(models.QuerySet):
    def owned_by(self, person):
        return self.filter(person=person)

    def for_prompts(self):
        return self.exclude(consent=Consent.NEVER)

    def for_training(self):
        return self.filter(consent=Consent.TRAIN, care=False)


class Experience(models.Model):
    """Something that happened to a person, in their own words."""

    person = models.ForeignKey(User, models.CASCADE, related_name="experiences")
    what = models.TextField(_("what happened"), max_length=2000)
    when = models.CharField(_("when"), max_length=100, blank=True)
    where = models.CharField(_("where"), max_length=200, blank=True)
    who = models.CharField(_("who was there"), max_length=200, blank=True)
    felt = models.CharField(_("how it felt"), max_length=200, blank=True)
    consent = models.CharField(
        _("how far it may travel"),
        max_length=10,
        choices=Consent.choices,
        default=Consent.PROMPT,
    )
    #: Help was shown beside it; such words never train a model.
    care = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ExperienceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return f"experience {self.pk}"


class Reveal(models.Model):
    """An admin looked at a person's masked text, and said why."""

    admin = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(User, models.CASCADE, related_name="reveals")
    subject = models.CharField(max_length=100)  # "stories.passage 17"
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return f"reveal {self.pk}"


from users.classrooms.models import (  # noqa: E402  (they point back at a person)
    Classroom,
    FamilyLink,
    Level,
    Pupil,
    Support,
    Teaching,
)

__all__ = [
    "Classroom",
    "Consent",
    "Experience",
    "FamilyLink",
    "Level",
    "Profile",
    "Pupil",
    "Reveal",
    "Role",
    "Support",
    "Teaching",
    "User",
]
