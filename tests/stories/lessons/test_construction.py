"""What cannot happen in a class, because nothing there could do it."""

import ast
import json
import struct
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from stories import learnt, services, writing
from stories.answers import state_of
from stories.blind import services as blind
from stories.blind.models import BlindTest
from stories.lessons import making, turns
from stories.lessons.consumers import find_turn
from stories.models import Author, Passage, Story
from tests.factories import (
    ExperienceFactory,
    PassageFactory,
    ProfileFactory,
    PupilFactory,
)
from training import genres, voices
from training.models import Adapter, Document, TrainingRun, Voice
from training.services import engine
from users.classrooms.models import Pupil

HERE = Path(making.__file__).parent
CLASSES = HERE.parents[1] / "users" / "classrooms"
#: Trained voices, the reading of moods, and the private profile.
FORBIDDEN = {
    "AdapterRef", "adapters", "adapter", "measure_tone", "tone_measured", "open_guide",
    "profile_for_prompt", "profile_of", "Profile", "Experience", "experiences",
    "speaking_for", "speaking_of", "with_genre", "told_in", "genre", "BlindTest",
}  # fmt: skip
ROOMS = {
    "training.engine.guide",
    "training.models",
    "training.learning",
    "training.voices",
    "training.genres",
    "stories.genres",
    "stories.blind",
    "stories.blind.services",
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


@pytest.fixture
def planted_voice(mira, settings, tmp_path):
    """What no door gives a pupil: a voice, as good as it can be, and every consent."""
    settings.VAR, settings.VOICE_WORDS = tmp_path, 1
    settings.VOICE_NEW_PERCENT = 1
    adapter = Adapter.objects.create(
        person=mira.account, number=1, model="m", fingerprint=engine().fingerprint
    )
    adapter.folder.mkdir(parents=True)
    long_ago = timezone.now() - timedelta(days=30)
    Adapter.objects.update(created_at=long_ago)
    return Voice.objects.create(person=mira.account, learns=True, adapter=adapter)


@pytest.mark.django_db
def test_a_pupil_has_no_voice_whatever_they_write(client, page, mira, allow, scribe):
    allow("helped")
    services.request_passage(story=page, mode="write", text="Then the owl came home.")
    turns.write(services.request_passage(story=page, mode="continue").pk)
    client.force_login(mira.account, "users.classrooms.backend.PupilBackend")

    for name in ("voice", "ledger"):
        assert client.get(reverse(f"training:{name}")).status_code == 404
    for name in ("consent", "start", "compare", "bring"):
        assert client.post(reverse(f"training:{name}")).status_code == 404

    assert not Voice.objects.exists()


@pytest.mark.django_db
def test_no_pupil_is_asked_which_of_two(page, mira, allow, planted_voice):
    allow("helped")
    for _ in range(blind.EVERY):
        PassageFactory(story=page, author=Author.MODEL, finished_at=timezone.now())
    assert blind.is_due(page)  # of a story of one's own

    assert blind.standing(page) is None
    assert state_of(find_turn, mira.account, page.pk)["blind"] is None
    before = Passage.objects.count()
    with pytest.raises(services.Refused):
        blind.ask_blind(story=page)
    assert Passage.objects.count() == before and not BlindTest.objects.exists()


@pytest.mark.django_db
def test_no_story_of_a_pupil_is_told_as_a_genre(
    page, allow, scribe, monkeypatch, tmp_path
):
    scribe.fingerprint, scribe.most_adapters = "scribe", 3
    weights = tmp_path / "fable" / genres.WEIGHTS
    weights.parent.mkdir()
    head = json.dumps({"__metadata__": {"storyloom_base": scribe.fingerprint}})
    weights.write_bytes(struct.pack("<Q", len(head)) + head.encode())
    monkeypatch.setattr(genres, "FOLDER", tmp_path)
    assert genres.genre_named("fable").made_for == scribe.fingerprint
    allow("helped")
    for values in ({"genre": "fable"}, {"genre_strength": "strong"}):
        with pytest.raises(services.Refused) as refused:
            services.change_settings(story=page, values=values)
        assert refused.value.code == "bad_field"

    Story.objects.filter(pk=page.pk).update(genre="fable")  # even if it were
    page.refresh_from_db()
    asked = services.request_passage(story=page, mode="continue")
    turns.write(asked.pk)

    asked.refresh_from_db()
    assert (asked.status, asked.genre) == ("finished", "")
    assert scribe.adapters and not any(scribe.adapters)


@pytest.mark.django_db
def test_the_clock_begins_no_run_for_a_pupil(page, planted_voice):
    for _ in range(9):
        services.request_passage(story=page, mode="write", text="The owl is home. " * 9)

    assert voices.learn_what_is_new() == 0

    assert not Document.objects.exists() and not TrainingRun.objects.exists()
    Story.objects.filter(pk=page.pk).update(turn=None)  # were it a story of one's own
    assert voices.learn_what_is_new() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("writing", ["helped", "own"])
def test_the_page_of_a_pupil_offers_no_voice(client, page, mira, allow, writing):
    allow(writing)
    client.force_login(mira.account, "users.classrooms.backend.PupilBackend")
    html = client.get(reverse("reading:turn", args=[mira.tales.get().pk])).content

    for part in (b'id="blind"', b"blind-dialog", b"Where two are shown", b"genre"):
        assert part not in html


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
