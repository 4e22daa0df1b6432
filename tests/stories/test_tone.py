"""A tone from the entry to the page: asked, pursued, measured, said."""

import pytest
from django.urls import reverse

from stories import services, tree, writing
from stories.arcs import targets, tones
from stories.arcs.badge import badge
from stories.arcs.models import OwnTone
from stories.models import Author, Mode, Passage, Signal, Status, Tone
from tests.factories import PassageFactory, ProfileFactory
from training.engine import EchoEngine, Piece
from training.engine.guide import read_tones

pytestmark = pytest.mark.django_db

JOY = "The children laughed and danced and sang at the wonderful party all day."
SAD = "She wept alone at the grave, and nothing could ease her heavy grief."


@pytest.fixture
def says(monkeypatch):
    """What the engine says, one text for every seed in turn."""
    asked = []

    def teach(*texts):
        def generate(self, prompt, sampling, adapters=()):
            text = texts[len(asked) % len(texts)]
            asked.append((prompt, sampling))
            yield Piece(text, len(text.split()), "end")

        monkeypatch.setattr(EchoEngine, "generate", generate)
        return asked

    return teach


def written(story, **wish):
    passage = services.request_passage(story=story, mode="continue", **wish)
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.status == Status.FINISHED, passage.error
    return passage


def test_the_candidate_that_sounds_as_asked_becomes_the_passage(story, says):
    asked = says(JOY, SAD)
    passage = written(story, tone="sad")
    assert passage.text == SAD and len(asked) == 2
    assert passage.tone_target["tone"] == "sad"
    assert passage.tone_outcome["met"] is True
    assert passage.tone_outcome["layers"] == ["candidates"]
    assert badge(passage).sentence == "reads sad, as asked"
    assert not badge(passage).closer


def test_a_miss_is_said_on_the_page_with_a_way_closer(story, says, client, wren):
    says(JOY)
    passage = written(story, tone="sad")
    assert passage.tone_outcome["met"] is False
    client.force_login(wren)
    page = client.get(reverse("stories:path", args=[story.pk])).content.decode()
    assert "asked sad, reads joyful" in page and "Closer to sad" in page
    assert 'data-do="closer"' in page


def test_a_reading_that_is_not_sure_says_so():
    read = {"tone": "hopeful", "valence": 0.2, "energy": 0.0, "confidence": 0.3}
    target = {"tone": "wistful", "as": "wistful", "source": "tone"}
    passage = Passage(
        tone_target=target, tone_measured=read, tone_outcome={"met": False}
    )
    assert badge(passage).sentence == "asked wistful, reads perhaps hopeful"
    passage.tone_measured = read | {"confidence": 0.7}
    assert badge(passage).sentence == "asked wistful, reads hopeful"


def test_an_edited_passage_has_no_badge_of_the_text_it_was(story, says, client, wren):
    says(JOY)
    passage = written(story, tone="sad")
    services.edit_passage(passage=passage, text="Something of mine.", was=0)
    client.force_login(wren)
    page = client.get(reverse("stories:path", args=[story.pk])).content.decode()
    assert "asked sad" not in page


def test_closer_pursues_the_same_tone_more_strongly(story, says):
    says(JOY)
    missed = written(story, tone="sad")
    retry = services.retry_passage(passage=missed, closer=True)
    assert retry.tone_target == missed.tone_target | {"strength": tones.CLOSER}
    writing.write(retry.pk)
    retry.refresh_from_db()
    assert retry.tone_target["strength"] == tones.CLOSER and retry.replaces == missed


def test_what_was_not_asked_for_a_tone_cannot_come_closer(story):
    passage = PassageFactory(story=story, author=Author.MODEL)
    with pytest.raises(services.Refused):
        services.retry_passage(passage=passage, closer=True)


def test_without_a_tone_a_passage_is_drawn_once_as_ever(story, says):
    asked = says(JOY)
    passage = written(story)
    assert len(asked) == 1
    assert passage.tone_outcome is None and passage.tone_target is None


def test_the_layers_can_be_switched_off(story, says, settings):
    settings.TONE_LAYERS = []
    asked = says(JOY)
    passage = written(story, tone="sad")
    assert len(asked) == 1 and "Tone:" not in asked[0][0].messages[-1]["content"]
    assert passage.tone_outcome["met"] is False
    assert passage.tone_outcome["layers"] == []


def test_the_strength_of_the_story_is_that_of_the_target(story, says):
    says(SAD)
    services.change_settings(story=story, values={"strength": "gentle"})
    assert written(story, tone="sad").tone_target["strength"] == 0.6


def test_the_path_tells_the_model_what_was_read_not_what_was_asked(story, says):
    asked = says(JOY)
    written(story, tone="sad")
    written(story, tone="tense")
    told = asked[-1][0].messages
    asks = [m["content"] for m in told if m["role"] == "user"]
    assert "Tone: joyful" in asks[0] and "Tone: tense" in asks[-1]


@pytest.mark.parametrize(
    ("wish", "told"), [("", SAD), ("Now end the story.", f"{SAD} The end.")]
)
def test_a_story_ends_where_its_end_is_asked_for(story, says, wish, told):
    says(f"{SAD} The end.", "The end.", SAD, SAD)
    mode = "direct" if wish else "continue"
    passage = services.request_passage(story=story, mode=mode, text=wish, tone="sad")
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.text.endswith("The end.") is bool(wish), passage.text


def test_a_word_to_avoid_is_avoided_even_without_a_tone(story, wren, says):
    ProfileFactory(person=wren, avoid=["death"])
    says("His dog had died in the cold and long winter night.", JOY)
    passage = written(story)
    assert passage.text == JOY and passage.tone_outcome["faults"] == []


def test_a_wish_against_what_is_to_be_avoided_is_kept_and_said(story, wren, says):
    """Joyful, my dog died, and death to be avoided: it cannot be, and is told so."""
    ProfileFactory(person=wren, avoid=["death"])
    says(f"My dog died. {SAD}")
    passage = services.request_passage(
        story=story, mode="direct", text="My dog died.", tone="joyful"
    )
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.direction == "My dog died." and passage.text
    assert passage.tone_outcome["met"] is False
    assert "avoided" in passage.tone_outcome["faults"]
    assert badge(passage).avoided and badge(passage).missed


def test_chinese_text_is_said_not_to_be_measured(story, says):
    PassageFactory(story=story, text="春天来了，孩子们在院子里。")
    says("他们笑着跑来跑去，唱歌跳舞，非常高兴。")
    passage = written(story, tone="joyful")
    assert passage.tone_outcome["met"] is None and passage.tone_measured is None
    assert "could not be measured" in badge(passage).sentence


# --- tones of one's own -----------------------------------------------------------


def bittersweet(person, **fields):
    place = {"valence": 0.1, "energy": -0.5, "description": "sweet and sore"} | fields
    return OwnTone.objects.create(owner=person, name="bittersweet", **place)


def test_our_tones_lie_where_the_guide_has_them():
    centres = {tone.name: pytest.approx(tone.centre) for tone in read_tones()}
    assert {tone.value: place for tone, place in tones.CENTRES.items()} == centres


def test_a_tone_of_ones_own_can_be_asked_for(story, wren, says):
    bittersweet(wren)
    asked = says(JOY, SAD, "The box was brown and had four corners and a lid on it.")
    passage = written(story, tone="bittersweet")
    ask = asked[0][0].messages[-1]["content"]
    assert "Tone: wistful" in ask and "Feeling: sweet and sore" in ask
    assert passage.tone_target["as"] == "wistful" and passage.text not in (JOY, SAD)
    assert passage.tone_measured["tone"] in {*Tone.values, "bittersweet"}


def test_someone_elses_tone_is_no_tone(story, crow):
    bittersweet(crow)
    with pytest.raises(services.Refused):
        services.request_passage(story=story, mode="continue", tone="bittersweet")


def test_a_story_goes_on_when_its_tone_is_deleted(story, wren, says):
    own = bittersweet(wren)
    services.change_settings(story=story, values={"tone": "bittersweet"})
    queued = services.request_passage(story=story, mode="continue")
    own.delete()
    says(JOY)
    writing.write(queued.pk)
    queued.refresh_from_db()
    assert queued.status == Status.FINISHED and queued.tone_target is None
    assert written(story).text == JOY


# --- how it feels to a person -----------------------------------------------------


def felt(story, *words, met=True):
    for word in words:
        passage = PassageFactory(
            story=story, author=Author.MODEL, mode=Mode.CONTINUE,
            tone_outcome={"met": met},
        )  # fmt: skip
        services.say_how_it_feels(passage=passage, feels=word)


def test_who_finds_it_too_sad_hears_it_sadder_than_the_guide(story, wren):
    assert targets.hears(wren.pk) == (0.0, 0.0)
    felt(story, "too_sad", "too_sad", "too_sad", "too_tense")
    valence, energy = targets.hears(wren.pk)
    assert valence < -0.1 and 0 < energy < 0.1


def test_a_miss_says_nothing_of_how_a_person_hears(story, wren):
    felt(story, "too_sad", "too_sad", met=False)
    assert targets.hears(wren.pk) == (0.0, 0.0)


def test_what_one_person_hears_is_not_what_another_does(story, crow):
    felt(story, "too_sad")
    assert targets.hears(crow.pk) == (0.0, 0.0)


def test_no_one_hears_out_of_all_bounds(story, wren):
    felt(story, *["too_happy"] * 30)
    assert targets.hears(wren.pk)[0] == targets.FARTHEST


def test_a_feeling_is_shown_and_can_be_taken_back(story):
    passage = PassageFactory(story=story, author=Author.MODEL)
    services.say_how_it_feels(passage=passage, feels="too_sad")
    services.say_how_it_feels(passage=passage, feels="too_flat")
    [passage] = tree.path(story=story).passages
    assert passage.feels == "too_flat" and badge(passage).feels == "too calm"
    assert passage.signals.get().kind == Signal.Kind.FEELS
    services.say_how_it_feels(passage=passage, feels="none")
    assert not passage.signals.exists()


@pytest.mark.parametrize("author", [Author.PERSON, Author.MODEL])
def test_no_other_word_and_no_own_writing_is_judged(story, author):
    passage = PassageFactory(story=story, author=author)
    word = "too_sad" if author == Author.PERSON else "sideways"
    with pytest.raises(services.Refused):
        services.say_how_it_feels(passage=passage, feels=word)


@pytest.mark.django_db(transaction=True)
async def test_closer_and_feelings_come_over_the_socket(editor, story, wren):
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="continue", tone="sad")
    await page.until("passage.finished", timeout=20)
    said = await page.ask("passage.feels", passage=ack["passage"], feels="too_sad")
    assert said["type"] == "ack"
    closer = await page.ask("passage.retry", passage=ack["passage"], closer=True)
    await page.until("passage.finished", passage=closer["passage"], timeout=20)
    retry = await Passage.objects.aget(pk=closer["passage"])
    assert retry.tone_target["strength"] == tones.CLOSER
