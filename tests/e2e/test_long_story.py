"""A story that came from a file, and is longer than a page."""

import json
import re

import pytest
from playwright.sync_api import expect

IMAGE = "<img src=x onerror=alert(1)>"


def story_file(length: int) -> bytes:
    passages = [
        {
            "number": number,
            "parent": number - 1 or None,
            "chosen": number + 1 if number < length else None,
            "author": "person",
            "mode": "write",
            "text": f"{number}. The tide came in. {IMAGE}",
            "status": "finished",
        }
        for number in range(1, length + 1)
    ]
    story = {"title": f"Tides {IMAGE}", "tip": length}
    file = {"format": "storyloom-story", "version": 1}
    return json.dumps(file | {"story": story, "passages": passages}).encode()


@pytest.fixture
def tides(desk):
    """Seventy passages, brought through the library's import."""
    desk.go("/stories/")
    desk.page.locator("[data-open=import-dialog]").click()
    file = {"name": "tides.json", "mimeType": "application/json"}
    desk.page.set_input_files("#import_file", file | {"buffer": story_file(70)})
    desk.page.locator("#import-dialog .primary").click()
    desk.page.wait_for_url(re.compile("/stories/[0-9a-f-]{36}/$"))
    desk.connected()
    return desk


def test_imported_markup_is_only_text(tides):
    expect(tides.page.locator("#title")).to_have_value(f"Tides {IMAGE}")
    assert tides.text == f"70. The tide came in. {IMAGE}"
    assert tides.page.locator("img").count() == 0


def test_it_opens_at_its_end_and_shows_earlier_passages_in_place(tides):
    tides.expect_count(20)
    expect(tides.last).to_be_in_viewport()
    tides.page.locator("#earlier button").scroll_into_view_if_needed()
    first = tides.passages.filter(has_text="51. The tide")
    place = first.bounding_box()["y"]
    tides.page.locator("#earlier button").click()
    tides.expect_count(40)
    assert abs(first.bounding_box()["y"] - place) < 3
    for count in (60, 70):
        tides.page.locator("#earlier button").click()
        tides.expect_count(count)
    expect(tides.page.locator("#earlier")).to_have_count(0)
    tides.write("And out again.")
    tides.expect_count(71)


def test_the_map_leads_to_a_passage_that_is_not_drawn_yet(tides):
    tides.page.locator("[data-into=map-dialog].wide").click()
    expect(tides.page.locator(".map summary")).to_have_text(re.compile("64 passages"))
    tides.page.locator(".map [data-jump]").first.click()
    first = tides.passages.first
    expect(first).to_contain_text("1. The tide")
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()


def test_a_deletion_in_the_middle_hides_what_follows_until_undo(tides):
    middle = tides.passages.filter(has_text="60. The tide")
    middle.focus()
    tides.page.keyboard.press("Delete")
    expect(tides.last).to_contain_text("59. The tide")
    tides.page.locator("#toast").get_by_text("Undo").click()
    expect(tides.last).to_contain_text("70. The tide")
