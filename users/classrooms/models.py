"""A class, those who teach it and those who learn in it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How hard a text may be: school years of an English reader, about."""

    STARTER = "starter", _("first readers (to year 1)")
    EASY = "easy", _("easy (years 1 to 3)")
    MIDDLE = "middle", _("middle (years 3 to 5)")
    STRETCH = "stretch", _("stretching (years 5 to 7)")


class Support(models.TextChoices):
    NONE = "", _("none")
    WORDS = "words", _("more words explained")
    LARGE = "large", _("large, wide letters")
    ALOUD = "aloud", _("reading aloud first")


class Pronoun(models.TextChoices):
    """How a story speaks of its hero."""

    THEY = "they", _("they")
    SHE = "she", _("she")
    HE = "he", _("he")


class ClassroomQuerySet(models.QuerySet):
    def taught_by(self, person):
        """Only who is a teacher now: a role that was withdrawn opens nothing."""
        return (
            self.filter(teachings__teacher=person) if may_teach(person) else self.none()
        )

    def taught_only_by(self, person):
        others = Teaching.objects.exclude(teacher=person).values("classroom")
        return self.filter(teachings__teacher=person).exclude(pk__in=others)

    def active(self):
        return self.filter(archived_at=None)


def may_teach(person) -> bool:
    return person.is_authenticated and person.role in ("teacher", "admin")


class Classroom(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name of the class"), max_length=80)
    #: What pupils type to come in; may be changed at any time.
    code = models.CharField(max_length=8, unique=True)
    #: May a child who has the code add a nickname that is not on the roster?
    joining = models.BooleanField(_("new nicknames may join"), default=False)
    contact_name = models.CharField(
        _("safeguarding contact"), max_length=120, blank=True
    )
    contact_how = models.CharField(_("how to reach them"), max_length=200, blank=True)
    #: Where a letter goes when something sounds like danger (lessons/notices.py).
    contact_email = models.EmailField(_("their e-mail"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ClassroomQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["name", "created_at"]

    def __str__(self):
        return f"class {self.id}"

    @property
    def has_contact(self) -> bool:
        return bool(self.contact_name and self.contact_how and self.contact_email)


class Teaching(models.Model):
    """A teacher of a class. All of them have the same rights in it."""

    classroom = models.ForeignKey(Classroom, models.CASCADE, related_name="teachings")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="teachings"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["classroom", "teacher"], name="teaches_once"
            )
        ]


class PupilQuerySet(models.QuerySet):
    def taught_by(self, person):
        return self.filter(classroom__in=Classroom.objects.taught_by(person))


class Pupil(models.Model):
    """A child in a class: what a lesson may know of them, and nothing private."""

    classroom = models.ForeignKey(Classroom, models.CASCADE, related_name="pupils")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="pupil"
    )
    nickname = models.CharField(_("nickname"), max_length=30)
    #: The nickname as it is compared: two that sound alike would be mixed up.
    nickname_key = models.CharField(max_length=60)
    level = models.CharField(
        _("reading level"), max_length=10, choices=Level.choices, default=Level.EASY
    )
    pronoun = models.CharField(
        _("in a story"), max_length=5, choices=Pronoun.choices, default=Pronoun.THEY
    )
    interests = models.JSONField(_("interests"), default=list, blank=True)
    support = models.CharField(
        _("language support"), max_length=10, choices=Support.choices, blank=True
    )
    practise = models.JSONField(_("words to practise"), default=list, blank=True)
    #: When the pupil chose their pictures; until then nobody came in with this name.
    joined_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PupilQuerySet.as_manager()

    class Meta:
        verbose_name = _("pupil")
        verbose_name_plural = _("pupils")
        ordering = ["nickname_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["classroom", "nickname_key"], name="one_nickname_a_class"
            )
        ]

    def __str__(self):
        return f"pupil {self.pk}"


class FamilyLink(models.Model):
    """A page for one pupil's family, read only, until a teacher takes it back."""

    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="family_links")
    token = models.CharField(max_length=43, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return f"family link {self.pk}"
