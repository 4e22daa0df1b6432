"""`read_seedling --usual`: nobody takes the place of an Emily or a Daniel."""

from training.seedling.reading import usual
from training.seedling.reading.headers import HeldOut, Passage, Story


def told(text: str) -> Story:
    header = {"Teller": "she", "Names": "Emily, Daniel"}
    return Story(HeldOut("u1", header, []), [Passage(text, True)])


def test_every_header_names_two_people_and_every_second_an_experience():
    headers = usual.headers()
    assert headers == usual.headers() and len(headers) == 40
    assert all(len(set(header.listed("Names"))) == 2 for header in headers)
    assert sum("Experience" in header.header for header in headers) == 20


def test_a_stranger_is_heard_and_letters_stuck_to_a_name_are():
    assert usual.strangers(told("Emily saw Daniel. Mother laughed.")) == []
    assert usual.strangers(told("Emily saw Walter.")) == ["Walter"]
    assert usual.strangers(told("Danieliel came, and Emily sang.")) == ["Danieliel"]


def test_the_figures_count_names_and_openings():
    stories = [told("Emily saw Daniel."), told("Walter saw Emily.")]
    used, astray = usual.measure(stories)
    assert used.value == 0.75 and astray.value == 0.5
