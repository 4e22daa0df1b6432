"""The small cast, and what they write."""

import factory
from factory.django import DjangoModelFactory

from stories.models import Author, Mode, Passage, Status, Story
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
