"""The bench commands measure what they say, in a small run of each."""

import pytest

from stories.bench import pages, sockets
from stories.bench.product import embedded
from stories.bench.report import report


def test_a_long_story_opens_with_as_many_queries_as_a_short_one(db):
    figures = pages.measure(short=20, long=200, rounds=1)
    assert figures["queries_long"] == figures["queries_short"] > 0


@pytest.mark.slow
def test_every_character_reaches_every_open_browser():
    with embedded() as product:
        figures = sockets.measure(product, sockets=40, streaming=8)
    assert figures["characters"] > 10_000
    assert figures["characters_lost"] == 0
    assert figures["gaps_in_streams"] == 0


def test_a_tab_that_shows_other_text_has_lost_characters():
    tab = sockets.Watcher(socket=None, shown="the river")
    assert tab.lost("the river") == 0
    assert tab.lost("the river and") == 4
    assert tab.lost("the rover") == 1
    tab.shown = None
    assert tab.lost("the river") == 9


def test_a_report_says_what_was_promised_and_whether_it_was_kept():
    promised = {"ratio": ("<=", 1.3), "lost": ("==", 0)}
    text = report({"machine": "2 cores"}, {"ratio": 1.31, "lost": 0}, promised, False)
    assert "promised <= 1.3: NOT KEPT" in text
    assert "promised == 0: kept" in text
