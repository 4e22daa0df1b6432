"""What cannot happen in a class, because nothing there could do it."""

import ast
from pathlib import Path

import pytest

from stories import learnt, services, writing
from stories.lessons import making, turns
from stories.models import Story
from tests.factories import ExperienceFactory, ProfileFactory, PupilFactory
from users.classrooms.models import Pupil

HERE = Path(making.__file__).parent
CLASSES = HERE.parents[1] / "users" / "classrooms"
#: Trained voices, the reading of moods, and the private profile.
FORBIDDEN = {
    "AdapterRef", "adapters", "adapter", "measure_tone", "tone_measured", "open_guide",
    "profile_for_prompt", "profile_of", "Profile", "Experience", "experiences",
}  # fmt: skip
ROOMS = {
    "training.engine.guide",
    "training.models",
    "training.learning",
    "users.services",
}


def names_in(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.ImportFrom | ast.Import):
            module = getattr(node, "module", "") or ""
            for name in node.names:
                yield name.name
                yield f"{module}:{name.name}"
            yield module


@pytest.mark.parametrize(
    "path",
    [*HERE.glob("*.py"), *CLASSES.glob("*.py")],
    ids=lambda p: f"{p.parent.name}-{p.stem}",
)
def test_no_room_of_the_classes_knows_voices_moods_or_private_profiles(path):
    names = set(names_in(path))

    assert not names & FORBIDDEN
    assert not {n for n in names if n.split(":")[0] in ROOMS}
    assert "training.services:measure" not in names


@pytest.mark.django_db
def test_the_engine_is_never_given_a_voice_and_never_a_private_word(
    make, scribe, lesson, mira, robin
):
    for person in (mira.account, robin):
        ExperienceFactory(person=person, what="plantedsecret by the lake")
        ProfileFactory(person=person, values=["plantedvalue"], tones=["wistful"])

    make(lesson)

    assert scribe.adapters and not any(scribe.adapters)
    assert "planted" not in str(scribe.prompts)
    assert "Tone" not in str(scribe.prompts)


@pytest.mark.django_db
def test_the_writer_with_a_voice_does_not_touch_a_page_of_a_class(page, allow):
    allow("helped")
    asked = services.request_passage(story=page, mode="continue")

    writing.write(asked.pk)

    asked.refresh_from_db()
    assert asked.status == "queued"


@pytest.mark.django_db
def test_the_writer_of_a_class_does_not_touch_a_story_of_ones_own(story, scribe):
    asked = services.request_passage(story=story, mode="continue")

    turns.write(asked.pk)

    asked.refresh_from_db()
    assert asked.status == "queued" and not scribe.prompts


@pytest.mark.django_db
def test_a_sentence_for_a_pupil_has_no_voice_no_profile_and_no_mood(
    page, allow, scribe, mira
):
    ExperienceFactory(person=mira.account, what="plantedsecret by the lake")
    ProfileFactory(person=mira.account, values=["plantedvalue"], tones=["wistful"])
    allow("helped")
    asked = services.request_passage(story=page, mode="direct", text="An owl comes.")

    turns.write(asked.pk)

    asked.refresh_from_db()
    assert asked.status == "finished" and asked.text
    assert scribe.adapters and not any(scribe.adapters)
    assert "planted" not in str(scribe.prompts) and "owl" in str(scribe.prompts)
    assert (asked.adapter, asked.tone_asked) == ("", "")
    assert asked.tone_measured is asked.tone_target is asked.tone_outcome is None


@pytest.mark.django_db
def test_nothing_a_pupil_writes_is_among_the_stories_a_model_may_learn_from(page, mira):
    services.request_passage(story=page, mode="write", text="Then the owl came home.")

    assert not list(learnt.stories(mira.account))
    assert not Story.objects.owned_by(mira.account).exists()


@pytest.mark.django_db
def test_no_story_of_a_class_is_kept_with_a_measured_mood(make, lesson, mira):
    for tale in make(lesson):
        assert "valence" not in str(vars(tale)) and "mood" not in str(vars(tale))


@pytest.mark.django_db
def test_another_pupil_is_no_part_of_a_story(make, scribe, lesson, mira):
    PupilFactory(
        classroom=lesson.classroom, nickname="Oskar", interests=["plantedhobby"]
    )
    make(lesson)

    about_mira = [p for p in scribe.prompts if "Names: Mira" in str(p.messages)]
    assert about_mira and "plantedhobby" not in str(about_mira)
    assert "Oskar" not in str(about_mira)


def test_a_pupil_has_neither_address_nor_birthday_nor_photograph():
    fields = {field.name for field in Pupil._meta.get_fields()}

    assert not {f for f in fields if "mail" in f or "birth" in f or "photo" in f}
