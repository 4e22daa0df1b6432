"""Each measure of `read_seedling` on small made texts: it can pass, and it can fail."""

import random
from itertools import islice

import pytest

from training.seedling.labels import WORD
from training.seedling.reading import copied, obedience, prose, tone
from training.seedling.reading.figures import Bar, Figure, share, statistic, table
from training.seedling.reading.headers import HeldOut, Passage, Story

HEADER = {"Teller": "I", "Names": "Dagrun, Liv-Marit", "Things": "tartan rug"}
ASK = {"Part": "opening", "Tone": "joyful", "Length": "short"}
KEY = ["king", "jam", "fingers"]
KEPT = "I saw Dagrun and my sister Liv-Marit. The king had jam on my rug."


def story(text=KEPT, header=HEADER, key=KEY, ended=True, tone="joyful"):
    held_out = HeldOut("h", dict(header), [{**ASK, "Tone": tone}], list(key))
    return Story(held_out, [Passage(text, ended)])


def figure(figures, name):
    return next(found for found in figures if found.name.startswith(name))


# --- figures ----------------------------------------------------------------------


def test_a_bar_is_reached_or_not():
    assert Bar(least=0.9).reached(0.9) and not Bar(least=0.9).reached(0.89)
    assert Bar(most=0.04).reached(0.04) and not Bar(most=0.04).reached(0.05)
    assert Bar(below=40).reached(39.9) and not Bar(below=40).reached(40)


def test_a_share_counts_each_try_and_bounds_go_over_headers():
    found = share("name", [[True, True], [False], [True], []])
    assert found.value == 0.75
    assert 0.0 <= found.low < 0.75 < found.high <= 1.0
    sure = share("name", [[True, False]] * 50)
    assert (sure.low, sure.high) == (0.5, 0.5)  # every header is half kept


def test_bounds_narrow_with_more_headers():
    dice = random.Random(1)
    hits = [[dice.random() < 0.5] for _ in range(400)]
    few, many = share("few", hits[:40]), share("many", hits)
    assert many.high - many.low < 0.5 * (few.high - few.low)


def test_what_nobody_asked_for_is_not_measured():
    found = share("name", [[], []], Bar(least=0.9))
    assert found.value is None and found.verdict == "not measured"
    assert statistic("rate", []).value is None


def test_the_table_says_whether_each_bar_is_reached():
    lines = table(
        [
            Figure("kept", 0.5, 0.4, 0.6, Bar(least=0.9), "a note"),
            Figure("low", 0.01, bar=Bar(most=0.04)),
            Figure("bits", None),
        ]
    ).splitlines()
    assert lines[2] == "| kept (a note) | 0.5 | 0.400 to 0.600 | >= 0.9 | not reached |"
    assert lines[3].endswith("| <= 0.04 | reached |")
    assert lines[4].endswith("| printed |")


# --- who, what, told by whom ------------------------------------------------------


def test_names_and_things_count_only_when_they_are_there():
    good = obedience.measure([story()])
    assert figure(good, "requested name used").value == 1.0
    assert figure(good, "key thing used").value == 1.0
    bad = obedience.measure([story("I saw Dagrunda under the drug. I ran, I ran.")])
    assert figure(bad, "requested name used").value == 0.0
    assert figure(bad, "key thing used").value == 0.0


def test_half_of_the_names_is_a_half():
    found = obedience.measure([story("I saw DAGRUN'S hat.")])
    assert figure(found, "requested name used").value == 0.5


@pytest.mark.parametrize(("teller", "kept"), [("I", 1.0), ("she", 0.0), ("they", 0.0)])
def test_the_teller_is_kept_or_not(teller, kept):
    told = story("I took my hat. I ran home.", HEADER | {"Teller": teller})
    found = obedience.measure([told])
    assert figure(found, "requested teller kept").value == kept


def test_an_experience_is_told_when_half_of_its_key_nouns_are_kept():
    told = obedience.is_told
    assert told("The kings ate jam.", KEY)
    assert not told("The king sat.", KEY)
    assert told("Grandma had bees.", ["grandmother", "bees", "roof", "city"])
    assert told("One sock, one shoe.", ["socks", "shoes"])
    assert not told("The kingdom was jammed.", KEY)


def test_an_experience_of_another_header_is_rarely_told():
    one = story("The king ate jam with his fingers.", key=KEY)
    two = story("The camel slept at the circus.", key=["circus", "camel", "tent"])
    found = obedience.measure([one, two])
    assert figure(found, "experience recognisably told").value == 1.0
    assert figure(found, "- told by chance").value == 0.0
    swapped = [Story(one.held_out, two.passages), Story(two.held_out, one.passages)]
    found = obedience.measure(swapped)
    assert figure(found, "experience recognisably told").value == 0.0
    assert figure(found, "- told by chance").value == 1.0


# --- the prose --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ended", "well"),
    [
        ("They went home.", True, True),
        ('"Come home!" she said. "Now."', True, True),
        ("They went home.", False, False),
        ("They went ho", True, False),
        ("", True, False),
    ],
)
def test_a_passage_ends_by_itself_at_a_sentence_end(text, ended, well):
    assert prose.ends_well(Passage(text, ended)) is well


def test_repetition_is_heard():
    assert prose.repeated("a b c d e f g h") == 0.0
    assert prose.repeated("the cat sat down " * 10) > 0.8
    found = prose.measure([story("The cat sat down here. " * 9)])
    assert figure(found, "repeated 4-grams").verdict == "not reached"


def stories_of(words, count, seed):
    dice = random.Random(seed)
    return [" ".join(dice.choices(words, k=70)) for _ in range(count)]


def test_a_monotonous_model_is_less_varied_than_people():
    words = [f"w{n}" for n in range(2000)]
    human = prose.reference_of(stories_of(words, 16, 1), stories_of(words, 16, 2))
    reference = human["distinct_3"]["human"]
    varied = prose.against("varied", stories_of(words, 16, 3), reference, Bar(0.9))
    assert varied.reached and varied.value == pytest.approx(1.0, abs=0.02)
    same = stories_of(words, 1, 4) * 16
    assert not prose.against("same", same, reference, Bar(0.9)).reached
    assert prose.against("few", same[:2], reference).value is None


def test_a_listed_word_is_counted_and_named():
    found = prose.measure([story("They sat down."), story("He drew a gun.")])
    screen = figure(found, "a word of the corpus screen")
    assert (screen.value, screen.note) == (0.5, "gun 1")


# --- copying ----------------------------------------------------------------------

READ = (
    "One day Lily found a small red boat under the old stone bridge by the mill. "
    "She pulled it out, and Lily rowed to the sea with a lamp and two warm buns."
)
NEW = "Nobody in our street owns a ladder, so the moon stays dirty all year long."


@pytest.fixture(scope="module")
def known():
    return copied.Known.of([READ])


def words(text):
    return len(WORD.findall(text))


def test_a_text_that_was_read_is_found_whole(known):
    assert words(copied.longest_known(READ, known)) == words(READ)


def test_a_new_text_is_not_found(known):
    assert copied.longest_known(NEW, known) == ""


def test_a_copied_run_is_found_in_the_midst_of_new_words(known):
    run = "found a small red boat under the old stone bridge"
    assert copied.longest_known(f"{NEW} I {run}, he sang. {NEW}", known) == run


def test_a_story_retold_under_other_names_is_still_found(known):
    retold = READ.replace("Lily", "Liv-Marit")
    assert words(copied.longest_known(retold, known, ["Liv-Marit"])) > 30


def test_seven_words_are_ordinary_language(known):
    assert copied.longest_known("A small red boat under the old", known) == ""


def test_the_longest_run_of_a_story_is_measured_in_tokens(known):
    def tokens(text):
        return 2 * words(text)

    nothing = copied.Known.of([])
    found = copied.measure([story(READ), story(NEW)], tokens, known, nothing)
    assert found[0].verdict == "not reached"
    assert figure(found, "- longest of all").value == tokens(READ)
    assert figure(found, "- median").value == tokens(READ) / 2
    anew = copied.measure([story(NEW)], tokens, known, nothing)
    assert anew[0].verdict == "reached"


def test_what_our_own_plots_gave_counts_and_is_told_apart(known):
    found = copied.measure([story(READ)], words, copied.Known.of([NEW]), known)
    assert found[0].value == words(READ)
    assert figure(found, "- from all but our own plots, 99th").value == 0


def test_the_plots_that_ship_are_known_by_their_tellings():
    plots = copied.Known.of(islice(copied.scene_texts(), 48))
    assert plots.entries > 500
    assert copied.longest_known(next(copied.scene_texts()), plots)


def test_the_filter_is_kept_and_rarely_wrong(known, tmp_path):
    known.save(tmp_path / "filter.npz")
    again = copied.Known.read(tmp_path / "filter.npz")
    assert again.entries == known.entries
    assert words(copied.longest_known(READ, again)) == words(READ)
    assert again.mistaken() < 0.001


def test_the_filter_that_ships_is_small_and_rarely_wrong():
    assert copied.FILTER.stat().st_size <= 8 * 2**20
    shipped = copied.Known.read()
    assert shipped.entries > 1_000_000
    assert shipped.mistaken(20_000) < 0.02
    assert copied.longest_known(NEW, shipped) == ""


# --- tone -------------------------------------------------------------------------


def test_the_tone_asked_is_compared_with_the_tone_heard():
    def hear(text):
        return ["neutral", text, "sad"]

    told = [story("joyful"), story("tense", tone="tense"), story("joyful", tone="sad")]
    found = tone.measure(told, hear)
    assert figure(found, "tone asked").value == pytest.approx(2 / 3)
    assert figure(found, "- where the guide may also").value == 0.0
    assert figure(found, "- asked sad").value == 0.0
    assert figure(found, "- worst tone").note == "sad"


def test_a_neutral_passage_is_asked_for_none_of_the_six():
    found = tone.measure([story(tone="neutral")], lambda text: ["joyful"])
    assert figure(found, "tone asked").value is None


def test_the_guide_reads_the_tone():
    happy = story("They laughed and danced and cheered. What a wonderful party!")
    assert figure(tone.measure([happy]), "tone asked").value == 1.0
    grim = story("The wolf growled. She was alone in the dark and terrified.")
    assert figure(tone.measure([grim]), "tone asked").value == 0.0
