"""What a person says of a feeling reaches the ledger, and how the guide hears."""

import pytest

from stories import services
from stories.arcs import targets
from stories.arcs.feelings import feeling_in
from stories.arcs.tones import CLOSER
from stories.models import Author, Mode
from tests.factories import PassageFactory
from training import ledger
from training.learning.job import preferences
from training.models import Example

pytestmark = pytest.mark.django_db


@pytest.fixture
def opening(story):
    return PassageFactory(story=story, text="It had rained for a week.")


@pytest.fixture
def by_model(story, opening):
    def write(text, **fields):
        fields = {"tone_asked": "wistful", "parent": opening} | fields
        return PassageFactory(
            story=story, author=Author.MODEL, mode=Mode.CONTINUE, text=text, **fields
        )

    return write


@pytest.fixture
def told(wren):
    """`told(kind)`: the examples of a kind, as they stand now."""

    def told(*kinds):
        ledger.refresh(wren)
        return list(Example.objects.owned_by(wren).filter(kind__in=kinds).in_time())

    return told


def lead_through(story, passage):
    story.refresh_from_db()
    passage.refresh_from_db()
    services.choose_passage(passage=passage)
    story.refresh_from_db()


@pytest.mark.parametrize("how", ["thumb", "badge"])
def test_what_was_kept_is_preferred_to_what_felt_wrong(story, by_model, told, how):
    dark = by_model("Everything was lost and grey.")
    kept = by_model("The old boat was still there, a little smaller.")
    lead_through(story, kept)
    if how == "thumb":
        services.give_feedback(passage=dark, kind="down", reason="much too sad")
    else:
        services.say_how_it_feels(passage=dark, feels="too_sad")
    [pair] = told("choice")
    assert (pair.text, pair.over) == (kept.text, dark.text)
    assert "too sad" in pair.reason and "Tone: wistful" in pair.ask
    learnt, held = preferences([pair] * 20)
    assert learnt[0].chosen == kept.text and learnt[0].rejected == dark.text
    # A thumb is told as a thumb as well; a feeling alone is no second opinion.
    assert len(told("down")) == (how == "thumb")


def test_while_nothing_is_kept_instead_it_counts_like_a_thumb_down(
    story, by_model, told
):
    dark = by_model("Everything was lost and grey.")
    lead_through(story, dark)
    services.say_how_it_feels(passage=dark, feels="too_sad")
    [example] = told("down", "choice")
    assert (example.kind, example.reason) == ("down", "too sad")
    services.say_how_it_feels(passage=dark, feels="right")
    assert told("down", "up", "choice") == []


def test_a_thumb_up_is_not_turned_by_a_feeling(story, by_model, told):
    passage = by_model("Everything was lost and grey.")
    services.say_how_it_feels(passage=passage, feels="too_sad")
    services.give_feedback(passage=passage, kind="up")
    assert [e.kind for e in told("up", "down")] == ["up"]


def closer(story, by_model, passage):
    target = {"tone": "wistful", "as": "wistful", "strength": 1.0, "source": "tone"}
    passage.tone_target = target
    passage.save()
    retry = services.retry_passage(passage=passage, closer=True)
    assert retry.tone_target["strength"] == CLOSER
    retry.text, retry.status = "The boat was smaller than I remembered.", "finished"
    retry.save()
    return retry


def test_closer_that_is_kept_becomes_a_pair_with_its_reason(story, by_model, told):
    off = by_model("Hooray, said everyone.")
    lead_through(story, off)
    retry = closer(story, by_model, off)
    [pair] = told("choice")
    assert (pair.text, pair.over) == (retry.text, off.text)
    assert pair.reason == "closer to wistful"


def test_closer_that_is_left_again_prefers_what_one_went_back_to(story, by_model, told):
    off = by_model("Hooray, said everyone.")
    lead_through(story, off)
    retry = closer(story, by_model, off)
    lead_through(story, off)
    [pair] = told("choice")
    assert (pair.text, pair.over) == (off.text, retry.text)


def test_closer_that_is_rejected_as_well_teaches_no_preference(story, by_model, told):
    off = by_model("Hooray, said everyone.")
    lead_through(story, off)
    retry = closer(story, by_model, off)
    services.give_feedback(passage=retry, kind="down")
    assert told("choice") == [] and len(told("down")) == 1


def test_an_edit_keeps_what_was_wrong_with_the_feeling(story, by_model, told):
    passage = by_model("Everything was lost and grey, and nobody came to the shore.")
    services.say_how_it_feels(passage=passage, feels="too_sad")
    text = passage.text.replace("lost and grey", "quiet and a little grey")
    services.edit_passage(passage=passage, text=text)
    [edit] = told("edit")
    assert edit.reason == "too sad"


def test_a_deleted_alternative_is_forgotten_as_the_lesser_one_too(
    story, by_model, told
):
    dark = by_model("Everything was lost and grey.")
    kept = by_model("The old boat was still there.")
    services.say_how_it_feels(passage=dark, feels="too_sad")
    lead_through(story, dark)
    lead_through(story, kept)
    assert told("choice")[0].over == dark.text
    dark.refresh_from_db()
    services.delete_passage(passage=dark)
    assert told("choice") == []


def test_a_thumb_down_for_its_feeling_is_heard_by_the_guide(story, wren, by_model):
    for _ in range(3):
        services.give_feedback(
            passage=by_model("Grey."), kind="down", reason="Too sad for me"
        )
    services.give_feedback(passage=by_model("Grey."), kind="down", reason="too long")
    by_thumbs = targets.hears(wren.pk)
    assert by_thumbs[0] < 0 and by_thumbs[1] == 0
    for passage in story.passages.filter(signals__kind="down"):
        reason = passage.signals.get().reason
        services.give_feedback(passage=passage, kind="none")
        if "sad" in reason.casefold():
            services.say_how_it_feels(passage=passage, feels="too_sad")
    assert targets.hears(wren.pk) == by_thumbs


@pytest.mark.parametrize(
    "said, feeling",
    [
        ("too sad", "too_sad"),
        ("It is much TOO  happy for her.", "too_happy"),
        ("too restless", "too_tense"),
        ("too calm", "too_flat"),
        ("not too sad, but dull", ""),
        ("too saddening", ""),
        ("just right", ""),
        ("", ""),
    ],
)
def test_a_feeling_is_found_in_words(said, feeling):
    assert feeling_in(said) == feeling
