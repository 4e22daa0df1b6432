"""What the seedling is taught keeps what its headers promise."""

import random
import re
from collections import Counter

import pytest

from stories.lessons import prompts as lessons
from stories.models import Form
from training.engine.teller import told_of
from training.seedling.casts import Life, cast_for, composed_life
from training.seedling.corpus import Story
from training.seedling.documents import PREFACE, TALE, messages_of
from training.seedling.labels import Lexicon, labels_of, length_of
from training.seedling.lives import is_experience, noted_as_i
from training.seedling.plots import Passage
from training.seedling.prepare import PIECE_WORDS, cut, prepare, tone_of, weigh
from training.seedling.recipe import HELD_OUT_HEADERS
from training.seedling.scenes import parted, scene_messages
from training.seedling.things import ALL, exchanged, new_things

LIFE = Life("I lost my hat on the ferry, but nobody laughed.", ("hat",))


def header_of(messages) -> dict[str, str]:
    header = messages[0]["content"].removeprefix(PREFACE).strip()
    return dict(line.split(": ", 1) for line in header.split("\n") if ": " in line)


def told(messages) -> str:
    return "\n".join(m["content"] for m in messages if m["role"] == "assistant")


# --- experiences ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("teller", "hero", "as_told"),
    [
        ("I", None, "I lost my hat on the ferry, but nobody laughed."),
        ("she", "Zofia", "Zofia lost her hat on the ferry, but nobody laughed."),
        ("he", None, "He lost his hat on the ferry, but nobody laughed."),
        ("they", "Bo and Ann", "Bo and Ann lost their hat on the ferry, but nobody "
         "laughed."),
    ],
)  # fmt: skip
def test_an_experience_is_told_of_whoever_tells_it(teller, hero, as_told):
    assert told_of(LIFE.line, teller, hero) == as_told


def test_what_belongs_to_the_teller_goes_to_the_hero():
    line = "My aunt and I were late, and I was sorry."
    assert told_of(line, "she", "Zofia") == (
        "Zofia's aunt and she were late, and she was sorry."
    )
    assert told_of("I was six.", "they") == "They were six."


@pytest.mark.parametrize(
    "line", ["I have a dog.", "I think you are right.", "I'm ten."]
)
def test_an_experience_in_another_tense_is_not_told(line):
    assert told_of(line, "she") is None


def test_a_sentence_of_a_story_is_noted_down_as_its_teller_would():
    assert noted_as_i("So Mara lost her red hat again.", ["Mara"], "she") == (
        "I lost my red hat again."
    )
    assert noted_as_i("They lost their red hat again.", [], "they") == (
        "We lost our red hat again."
    )
    assert noted_as_i('"I lost my hat," Mara said sadly.', ["Mara"], "she") is None


def test_only_something_that_happened_is_an_experience():
    assert is_experience("I walked home in the rain with my two sisters.")
    assert not is_experience("I am certain that it is better to be kind.")
    assert not is_experience("I walked home in the rain with Elizabeth and her aunt.")


# --- scenes -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(150))
def test_a_scene_uses_all_that_its_header_names(seed):
    messages = scene_messages([LIFE], random.Random(seed))
    header, text = header_of(messages), told(messages)
    assert "{" not in text and "|" not in text and "  " not in text, text
    for field in ("Names", "Things", "Places"):
        for item in filter(None, header.get(field, "").split(", ")):
            assert item.lower() in text.lower(), (field, item, text)
    if "Experience" in header:
        key = max(header["Experience"].rstrip(".").split(), key=len).lower()
        assert key.strip(",") in text.lower(), text


def test_what_a_header_names_mostly_comes_at_once():
    """Things that may wait are things that an opening leaves out."""
    soon = Counter()
    for seed in range(300):
        messages = scene_messages((), random.Random(seed))
        first = next(m["content"] for m in messages if m["role"] == "assistant")
        for thing in filter(None, header_of(messages).get("Things", "").split(", ")):
            soon[thing in first] += 1
    assert soon[True] > 0.9 * soon.total() > 50


def test_experiences_nobody_had_are_sentences_that_can_be_told():
    for seed in range(200):
        life = composed_life(random.Random(seed))
        assert re.fullmatch(r"[A-Z].* I .*\.|I .*\.", life.line), life.line
        assert "{" not in life.line and "  " not in life.line
        assert told_of(life.line, "she")


def test_an_opening_asked_for_in_short_stops_at_a_sentence_and_goes_on():
    opening = Passage("opening", "tense", "a knock")
    ending = Passage("ending", "sad")
    told_now = "The lamp went out, and nobody moved. " * 12
    both = [told_now.strip(), "Gone."]
    passages, texts = parted([opening, ending], both, 0, "short")
    assert [p.part for p in passages] == ["opening", "middle", "ending"]
    assert [p.tone for p in passages] == ["tense", "tense", "sad"]
    assert length_of(texts[0]) == "short" and texts[0].endswith("moved.")
    assert " ".join(texts[:2]) == told_now.strip() and texts[2] == "Gone."
    short = ([ending], ["All gone."])
    assert parted(*short, 0, "medium") == short


def test_an_ending_in_two_ends_only_once():
    ending = Passage("ending", "sad", "Someone or something comes back.")
    passages, texts = parted([ending], ["Nobody came to the gate. " * 20], 0, "short")
    assert [p.part for p in passages] == ["middle", "ending"]
    assert [bool(p.direction) for p in passages] == [True, False]
    assert "".join(t + " " for t in texts) == "Nobody came to the gate. " * 20


def test_the_people_of_a_scene_all_have_other_names():
    for seed in range(100):
        cast = cast_for("they", {"n", "n2"}, [], random.Random(seed))
        names = [name for part in cast.names for name in part.split(" and ")]
        assert len(names) == len(set(names))


# --- stories ----------------------------------------------------------------------


def a_story(*sentences: str) -> Story:
    return Story("0", "tinystories", "", [list(sentences)])


def prepared(story: Story):
    lexicon = Lexicon(names={"Lily", "Tom"}, things={"ball", "cake"})
    return prepare(story, labels_of(story, lexicon))


def test_a_header_promises_only_what_the_passages_under_it_keep():
    early = "One day Lily had a ball. She threw the ball and Lily ran. "
    late = "Then Tom came with a cake. Lily gave Tom the ball for the cake. "
    pad = "It was a long and sunny day by the sea, and nobody was in a hurry. " * 12
    story = Story("0", "tinystories", "", [[early], [pad], [pad], [late]])
    ready = prepared(story)
    for seed in range(120):
        messages = messages_of(ready, random.Random(seed), keep_names=1.0)
        header, text = header_of(messages), told(messages)
        for field in ("Names", "Things"):
            for item in filter(None, header.get(field, "").split(", ")):
                assert item in text


def test_a_header_gives_an_experience_in_its_tellers_person():
    given = Counter()
    for seed in range(400):
        header = header_of(scene_messages((), random.Random(seed)))
        line, teller = header.get("Experience", ""), header.get("Teller", "")
        if teller in ("she", "he", "they") and line:
            mine = re.search(r"\b(?:I|my|me)\b", line)
            given["as noted" if mine else teller] += 1
    assert given.pop("as noted", 0) < 0.05 * given.total() and len(given) == 3


def test_what_a_book_tells_is_a_tale_which_nobody_asks_for():
    page = "One day Lily had a ball. She threw the ball and Lily ran home with it. " * 3
    ready = prepared(Story("0", "tinystories", "", [[page], [page]]))
    forms = {
        header_of(messages_of(ready, random.Random(seed))).get("Form")
        for seed in range(80)
    }
    assert TALE in forms and TALE not in set(Form.values)
    assert lessons.TALE == TALE


def test_a_usual_thing_is_exchanged_with_its_article_and_plural():
    told_anew = exchanged(
        "A ball! He saw a ball, an egg and the balls.", {"ball": "owl"}
    )
    assert told_anew == "An owl! He saw an owl, an egg and the owls."
    new = new_things(random.Random(2), ["ball", "window"], 1.0)
    assert set(new) == {"ball"}


def test_no_thing_of_a_held_out_header_is_taught():
    held = HELD_OUT_HEADERS.read_text(encoding="utf-8").lower()
    assert [
        thing for thing in ALL if f', {thing}"' in held or f': "{thing}"' in held
    ] == []


def test_a_long_paragraph_is_cut_between_sentences_but_never_within_speech():
    sentence = "The boat came home late and everybody was tired and hungry. "
    parts = list(cut([sentence.strip()] * 30))
    assert len(parts) > 2 and max(len(p.split()) for p in parts) <= PIECE_WORDS
    speech = ['"One. ', *[sentence] * 30, 'Two."']
    assert all(part.count('"') % 2 == 0 for part in cut(speech))


def test_the_tone_of_several_pieces_is_the_likeliest_of_all_together():
    sad, tense = [0.0, 0, 0, 0, 0.4, 0.6, 0], [0.0, 0, 0, 0, 0.9, 0.1, 0]
    assert tone_of([sad]) == "sad"
    assert tone_of([sad, tense]) == "tense"
    assert tone_of([[]]) == "neutral"


def test_stories_in_a_rare_tone_are_read_more_often():
    stories = [prepared(a_story("Lily had a ball.", f"It was {n}.")) for n in range(8)]
    for number, story in enumerate(stories):
        joyful, sad = [1.0, *[0.0] * 6], [0.0, 0, 0, 0, 0, 1, 0]
        story.pieces[0].tones = sad if number == 0 else joyful
    weigh(stories)
    assert stories[0].rarity > stories[1].rarity
