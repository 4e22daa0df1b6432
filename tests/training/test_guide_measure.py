"""What the guide reads in a text, and when it says that it cannot."""

import json
import statistics
import subprocess
import sys
import time
import zipfile

import pytest

from training.engine.guide import Guide, open_guide
from training.engine.guide.passages import half
from training.engine.guide.weights import HERE, read_weights, save_weights

OBVIOUS = {
    "joyful": "Hooray! They jumped and danced and laughed until their sides hurt, and "
    "the whole village cheered, and there was cake for everyone!",
    "tender": "She tucked the blanket around him, stroked his hair and kissed his "
    "forehead, and held his small hand in hers until he slept.",
    "hopeful": "The seed had not come up yet. Perhaps tomorrow, thought Nia. She gave "
    "it water and set the pot in the sun, and soon there would be a green leaf.",
    "wistful": "The old house was gone now. He remembered the summers there, long ago, "
    "and how she used to sing by the window in the evening.",
    "tense": "Something moved in the dark behind the door. She held her breath. The "
    "handle turned. He had a knife. Run, she thought, run!",
    "sad": "The boy knelt by his mother's grave and wept. She was dead, and he was "
    "alone, and nobody came to take him home.",
    "neutral": "The bus stops at the corner. The shop is on the left, next to the post "
    "office, and opens at nine. The table has four chairs.",
}


@pytest.fixture(scope="module")
def guide():
    return open_guide()


@pytest.mark.parametrize("tone", OBVIOUS)
def test_an_obvious_passage_reads_as_what_it_is(guide, tone):
    assert guide.measure(OBVIOUS[tone]).tone == tone


def test_pleasant_lies_above_unpleasant_and_lively_above_calm(guide):
    read = {tone: guide.measure(text) for tone, text in OBVIOUS.items()}
    assert read["joyful"].valence > 0.2 > -0.2 > read["sad"].valence
    assert read["tense"].energy > 0.2 > -0.2 > read["tender"].energy


def test_measuring_twice_says_the_same(guide):
    for text in OBVIOUS.values():
        assert guide.measure(text) == guide.measure(text)


def test_shares_add_up_and_come_in_order(guide):
    reading = guide.measure(OBVIOUS["tender"])
    shares = [share for _, share in reading.tones]
    assert sum(shares) == pytest.approx(1, abs=0.01)
    assert shares == sorted(shares, reverse=True)
    assert reading.confidence == shares[0] == reading.share("tender")


def test_each_sentence_has_its_own_reading(guide):
    text = "They laughed and danced all night! In the morning his father was dead."
    reading = guide.measure(text)
    (first, glad), (second, low) = reading.sentences
    assert f"{first} {second}" == text
    assert glad.valence > low.valence


@pytest.mark.parametrize(
    "text",
    ["", "  \n ", "...", "1984", "🙂🙂", "从前有一个小女孩。", "Жила-была девочка."],
)
def test_what_cannot_be_measured_gets_no_number(guide, text):
    reading = guide.measure(text)
    assert not reading.measured
    assert reading.valence is reading.energy is reading.tone is None
    assert reading.tones == ()
    assert reading.confidence == 0


def test_a_foreign_sentence_in_an_english_passage_is_left_out(guide):
    english = " ".join(OBVIOUS.values())
    reading = guide.measure(f"{english} 你好。")
    assert reading.measured
    assert reading.sentences[-1][1].measured is False


def test_accents_curly_quotes_and_emoji_do_not_stop_it(guide):
    assert guide.measure(
        "“Renée’s café is open!” 🎉 cried Zoë, and they cheered."
    ).measured


def test_a_passage_takes_less_than_ten_milliseconds(guide):
    taken = []
    for passage in half("judge")[:60]:
        start = time.perf_counter()
        guide.measure(passage.text)
        taken.append(time.perf_counter() - start)
    assert statistics.median(taken) <= 0.010


def test_the_weights_are_small_and_hold_no_pickle():
    assert (HERE / "weights.npz").stat().st_size < 1_000_000
    with zipfile.ZipFile(HERE / "weights.npz") as archive:
        for name in archive.namelist():
            # the header of a pickled array says that its items are objects
            assert b"'descr': '|O'" not in archive.read(name)[:128]
    json.loads((HERE / "weights.json").read_text(encoding="utf-8"))


def test_weights_come_back_as_they_were_saved(guide, tmp_path):
    save_weights(guide.weights, tmp_path)
    again = Guide(read_weights(tmp_path), guide.tones)
    for text in OBVIOUS.values():
        assert again.measure(text) == guide.measure(text)


def test_the_guide_needs_neither_torch_nor_django_nor_the_trainer():
    code = (
        "import sys; from training.engine.guide import open_guide; "
        "assert open_guide().measure('All is well.').measured; "
        "heavy = {'torch', 'django', 'sklearn', 'scipy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
