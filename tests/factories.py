"""The small cast, and what they write."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from stories.lessons.models import Lesson, Made, Question, Tale
from stories.models import Author, Mode, Passage, Status, Story
from users.classrooms.models import Classroom, Pupil, Teaching
from users.models import Experience, Profile, User


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    first_name = factory.Faker("first_name")
    email = factory.Sequence(lambda n: f"person{n}@example.org")
    password = factory.django.Password("a long and quiet river")


class ProfileFactory(DjangoModelFactory):
    class Meta:
        model = Profile

    person = factory.SubFactory(PersonFactory)


class ExperienceFactory(DjangoModelFactory):
    class Meta:
        model = Experience

    person = factory.SubFactory(PersonFactory)
    what = "I learned to swim in the cold lake"


class StoryFactory(DjangoModelFactory):
    class Meta:
        model = Story

    owner = factory.SubFactory(PersonFactory)


class PassageFactory(DjangoModelFactory):
    """The next passage of its story's path, as if the services had put it there."""

    class Meta:
        model = Passage
        skip_postgeneration_save = True

    story = factory.SubFactory(StoryFactory)
    parent = factory.LazyAttribute(lambda new: new.story.tip)
    number = factory.LazyAttribute(lambda new: new.story.passages.count() + 1)
    author = Author.PERSON
    mode = Mode.WRITE
    status = Status.FINISHED
    text = "The river was high that spring."

    @factory.post_generation
    def lead_to_it(passage, create, extracted, **kwargs):
        if not create or extracted is False:
            return
        if passage.parent:
            passage.parent.chosen = passage
            passage.parent.save(update_fields=["chosen"])
        passage.story.tip = passage
        passage.story.save(update_fields=["tip"])


class ClassroomFactory(DjangoModelFactory):
    """A class that may assign; give `teacher` to have it taught."""

    class Meta:
        model = Classroom
        skip_postgeneration_save = True

    name = "The Kestrels"
    code = factory.Sequence(lambda n: f"K{n:06}")
    contact_name = "Ms Okafor"
    contact_how = "room 12"
    contact_email = "okafor@school.example"

    @factory.post_generation
    def teacher(classroom, create, extracted, **kwargs):
        if create and extracted:
            Teaching.objects.create(classroom=classroom, teacher=extracted)


class PupilFactory(DjangoModelFactory):
    """Came in already, with the pictures fox, boat, owl."""

    class Meta:
        model = Pupil

    classroom = factory.SubFactory(ClassroomFactory)
    nickname = factory.Sequence(lambda n: f"Pupil{n}")
    nickname_key = factory.LazyAttribute(lambda new: new.nickname.casefold())
    joined_at = factory.LazyFunction(timezone.now)

    @factory.lazy_attribute
    def account(self):
        account = User.objects.create_pupil(self.nickname)
        account.set_password("fox boat owl")
        account.save()
        return account


class LessonFactory(DjangoModelFactory):
    class Meta:
        model = Lesson

    classroom = factory.SubFactory(ClassroomFactory)
    title = "Light"
    goal = "Being brave in the dark"
    words = [{"word": "lantern", "kind": "thing", "meaning": "a lamp you can carry"}]


TOLD = [
    "Mira found a lantern near the gate.",
    "She carried the lantern home in the rain.",
    "The lantern was warm and bright.",
    "Mira felt glad because the dark was gone.",
]


class TaleFactory(DjangoModelFactory):
    """A story that is ready and was not looked at yet."""

    class Meta:
        model = Tale

    lesson = factory.SubFactory(LessonFactory)
    made = Made.READY
    title = "Mira and the lantern"
    level = "easy"
    paragraphs = factory.LazyFunction(
        lambda: [[{"text": text, "source": "model"} for text in TOLD]]
    )
    drawn = " ".join(TOLD)
    glossary = factory.LazyFunction(
        lambda: [{"word": "lantern", "meaning": "a lamp you can carry", "quote": ""}]
    )
    version = 1


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = Question

    tale = factory.SubFactory(TaleFactory)
    number = factory.Sequence(lambda n: n + 1)
    kind = "recall"
    text = "What did Mira find?"
    options = ["a lantern", "a drum", "a kite"]
    key = "a lantern"
    evidence = TOLD[0]
