"""Following: a plot is told in many ways, and the first line that is none is found."""

import random

from training.engine import EchoEngine
from training.seedling.casts import Cast
from training.seedling.following import left
from training.seedling.plots import plot_of, read_plots
from training.seedling.reading.follow import followed, measure
from training.seedling.scenes import Scene, a_scene
from training.seedling.telling import Telling

DOOR = """@ two about the door
[opening tense]
{a} heard (steps/a noise) at the door. | There was a noise, and {a} heard it.
- It was {colour}.
? {n} heard it in {place} too. | In {place} {n} heard it too.
{b} took the {t} and asked, "Who?" | "Who?" asked {b}, and took the {t}.
"""
CAST = Cast("they", "Halima and Fenella", ["Ludovic"], ["lamp"], "Larnaca", None)
HEARD = "Halima heard steps at the door."
TOO = "Ludovic heard it in Larnaca too."
TOOK = 'Fenella took the lamp and asked, "Who?"'


def told_of(cast: Cast = CAST) -> Scene:
    plot = plot_of(DOOR)
    telling = Telling(cast, plot, random.Random(1))
    return Scene(telling, "", "", plot.passages, ["as it is told"])


def test_what_scenes_tell_never_leaves_its_plot():
    rng = random.Random(5)
    for _ in range(150):
        scene = a_scene((), rng)
        for at, text in enumerate(scene.texts):
            assert left(scene, at, text) is None, text


def test_every_way_to_tell_a_line_is_right():
    again = "In Larnaca Ludovic heard it too."
    for lines in ((HEARD, TOO, TOOK), (HEARD, "It was dark green.", again, TOOK)):
        assert left(told_of(), 0, " ".join(lines)) is None


def test_one_person_in_the_place_of_the_other_is_found_and_put_right():
    swapped = 'Halima took the lamp and asked, "Who?"'
    found = left(told_of(), 0, f"{HEARD} {TOO} {swapped}")
    assert found.right == f"{HEARD} {TOO}"
    assert found.wrong == swapped
    assert found.due in (TOOK, '"Who?" asked Fenella, and took the lamp.')


def test_either_of_two_people_may_be_the_first():
    other = 'Fenella heard a noise at the door. "Who?" asked Halima, and took the lamp.'
    assert left(told_of(), 0, other) is None


def test_a_line_that_only_some_headers_bring_may_be_missing():
    assert left(told_of(), 0, f"{HEARD} {TOOK}") is None
    nobody = Cast("they", CAST.hero, [], ["lamp"], "", None)
    assert left(told_of(nobody), 0, f"{HEARD} {TOOK}") is None


def test_an_end_too_soon_is_found():
    found = left(told_of(), 0, f"{HEARD} {TOO}")
    assert (found.right, found.wrong) == (f"{HEARD} {TOO}", "")
    assert "lamp" in found.due


def test_more_than_the_plot_has_is_found():
    found = left(told_of(), 0, f"{HEARD} {TOO} {TOOK} And on it went. And on.")
    assert (found.wrong, found.due) == ("And on it went. And on.", "")


def test_another_plot_that_the_header_can_fill_is_right_as_well():
    rng, found = random.Random(9), 0
    for _ in range(30):
        scene = a_scene((), rng)
        cast, plot, asked = scene.telling.cast, scene.telling.plot, scene.passages[0]
        for other in read_plots():
            (opening,) = other.of("opening")
            alike = (other.tellers, other.form) == (plot.tellers, plot.form)
            if alike and opening.tone == asked.tone and opening.must <= cast.known:
                text = Telling(cast, other, rng).passage(opening)
                found += 1
                assert left(scene, 0, scene.greeting + text) is None, text
    assert found > 30


def test_how_much_of_an_opening_followed_its_plot_is_said():
    scenes = (a_scene((), random.Random(seed)) for seed in range(5, 50))
    scene = next(s for s in scenes if s.telling.plot.form == "story" and not s.greeting)
    text = scene.texts[0]
    assert followed(scene, text) == 1
    cut = text.index(". ", len(text) // 2) + 1
    half = f"{text[:cut]} Then nothing made sense any more."
    assert 0 < followed(scene, half) < 1
    assert followed(scene, "Nothing made sense.") == 0


def test_the_openings_that_are_measured_go_through_an_engine():
    shares = measure(EchoEngine(), n=3, temperature=0.5)
    assert len(shares) == 3 and all(0 <= share < 1 for share in shares)
