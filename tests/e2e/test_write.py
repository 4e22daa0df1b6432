"""From a new account to a written, changed and kept story."""

import re

from playwright.sync_api import expect


def test_someone_signs_up_and_writes_a_first_story(open_desk):
    desk = open_desk(storage_state=None)
    desk.sign_up("robin@example.org")
    desk.go("/stories/")
    expect(desk.page.get_by_text("An empty page is a good beginning")).to_be_visible()
    desk.new_story("The kite", opening="Mara climbed onto the roof.")
    desk.expect_count(1)
    desk.go_on()
    desk.settled()
    assert len(desk.text) > 100
    desk.go("/stories/")
    card = desk.page.locator(".story-card")
    expect(card).to_contain_text("The kite")
    expect(card).to_contain_text("Mara climbed onto the roof.")
    expect(card).to_contain_text("2 passages")


def test_own_words_join_the_story_and_storyloom_continues(page):
    page.page.fill("#entry", "The kite was still there.")
    page.page.click("#go")  # add and continue
    page.expect_count(2)
    page.settled()
    assert page.texts()[0] == "The kite was still there."
    assert page.passages.nth(0).get_attribute("data-author") == "person"
    assert page.last.get_attribute("data-author") == "model"
    expect(page.page.locator("#entry")).to_have_value("")


def test_a_direction_is_a_bubble_and_no_story_text(page):
    page.direct("Tobi comes with a ladder.")
    page.settled()
    expect(page.last.locator(".direction-text")).to_have_text(
        "Tobi comes with a ladder."
    )
    assert len(page.texts()) == 1


def test_a_passage_streams_in_and_stops_within_a_second(page):
    page.direct("[[slow]] Rain.")
    page.writing()
    grown = len(page.text)
    expect(page.last.locator(".passage-text")).to_have_text(
        re.compile(rf"[\s\S]{{{grown + 20},}}")
    )
    page.page.click("#stop")
    expect(page.last).to_have_attribute("data-status", "stopped", timeout=2_000)
    expect(page.page.locator("#go")).to_be_visible()
    kept = page.text
    page.reload()
    assert page.text == kept


def test_retry_brings_an_alternative_and_the_arrows_lead_back(page):
    page.go_on()
    page.settled()
    first = page.text
    page.verb("retry")
    expect(page.last.locator(".position [aria-hidden]")).to_have_text("2 / 2")
    page.settled()
    second = page.text
    assert second != first
    page.verb("previous")
    expect(page.last.locator(".passage-text")).to_have_text(first)
    page.last.focus()
    page.page.keyboard.press("ArrowRight")
    expect(page.last.locator(".passage-text")).to_have_text(second)
    expect(page.last).to_be_focused()


def test_retry_with_an_instruction(page):
    page.go_on()
    page.settled()
    page.verb("retry-with")
    page.page.fill(".aside-form input", "Make it [[end]] at once.")
    page.page.keyboard.press("Enter")
    expect(page.last.locator(".direction-text")).to_have_text(
        "Make it [[end]] at once."
    )
    page.settled()
    assert len(page.text.split()) <= 6


def test_alternatives_are_compared_side_by_side(page):
    page.go_on()
    page.settled()
    shown = page.text
    page.verb("alternatives")
    expect(page.last.locator(".position [aria-hidden]")).to_have_text("1 / 3")
    assert page.text == shown
    page.last.locator(".tools summary").click()
    page.last.get_by_text("Compare side by side").click()
    third = page.page.locator(".alternative").nth(2)
    text = third.locator(".passage-text").text_content()
    third.get_by_text("Take this one").click()
    expect(page.last.locator(".passage-text")).to_have_text(text)


def test_a_menu_can_be_used_in_a_low_window(open_desk):
    page = open_desk(viewport={"width": 1280, "height": 420})
    page.new_story("Low")
    page.go_on()
    page.settled()
    page.last.locator(".tools summary").click()
    page.last.get_by_text("What the model saw").click()
    expect(page.page.locator("#saw-dialog[open]")).to_be_visible()


def test_swiping_leads_among_alternatives(open_desk):
    page = open_desk(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page.new_story("Swiped")
    page.go_on()
    page.settled()
    first = page.text
    page.verb("retry")
    expect(page.last.locator(".position [aria-hidden]")).to_have_text("2 / 2")
    page.settled()
    swipe(page, 80, 300)
    expect(page.last.locator(".passage-text")).to_have_text(first)
    swipe(page, 300, 80)
    expect(page.last.locator(".position [aria-hidden]")).to_have_text("2 / 2")


def swipe(page, start: int, end: int) -> None:
    """A finger moves sideways over the last passage."""
    touch = page.page.context.new_cdp_session(page.page)
    box = page.last.locator(".passage-text").bounding_box()
    y = box["y"] + box["height"] / 2
    for kind, x in (("touchStart", start), ("touchMove", end), ("touchEnd", None)):
        points = [] if x is None else [{"x": x, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_an_edit_keeps_what_follows_and_can_be_undone_and_redone(page):
    page.write("The kite was red.")
    page.write("Nobody saw it.")
    first = page.passages.nth(0)
    first.focus()
    page.page.keyboard.press("Enter")
    page.page.fill(".edit textarea", "The kite was blue.")
    page.page.keyboard.press("Control+Enter")
    expect(first.locator(".passage-text")).to_have_text("The kite was blue.")
    assert page.texts() == ["The kite was blue.", "Nobody saw it."]
    page.page.click("#undo")
    expect(first.locator(".passage-text")).to_have_text("The kite was red.")
    page.reload()
    page.page.click("#redo")
    expect(first.locator(".passage-text")).to_have_text("The kite was blue.")
    page.reload()
    assert page.texts() == ["The kite was blue.", "Nobody saw it."]


def test_a_deleted_passage_comes_back(page):
    page.write("The kite was red.")
    page.verb("delete")
    page.expect_count(0)
    page.page.locator("#toast").get_by_text("Undo").click()
    page.expect_count(1)


def test_a_thumb_with_a_reason_is_kept(page):
    page.go_on()
    page.settled()
    page.verb("down")
    page.page.fill(".aside-form input", "not my voice")
    page.page.keyboard.press("Enter")
    expect(page.page.locator(".aside-form")).to_have_count(0)
    page.reload()
    down = page.last.locator("[data-do=down]")
    expect(down).to_have_attribute("aria-pressed", "true")


def test_the_map_leads_into_a_branch(page):
    page.write("The kite was red.")
    page.go_on()
    page.settled()
    first = page.text
    page.verb("retry")
    expect(page.last.locator(".position [aria-hidden]")).to_have_text("2 / 2")
    page.settled()
    page.page.locator("[data-into=map-dialog].wide").click()
    lines = page.page.locator(".map [data-jump]")
    expect(lines).to_have_count(3)
    lines.nth(1).click()
    expect(page.last.locator(".passage-text")).to_have_text(first)


def test_settings_are_kept_at_once_and_can_hide_who_wrote(page):
    page.write("The kite was red.")
    expect(page.last.locator(".who")).to_be_visible()
    page.page.locator("[data-into=settings-dialog].wide").click()
    page.page.fill("#set_note", "Keep it gentle.")
    page.page.get_by_text("Show who wrote what").click()
    expect(page.page.locator("#settings-word")).to_contain_text("Kept.")
    page.page.keyboard.press("Escape")
    expect(page.last.locator(".who")).to_be_hidden()
    page.page.fill("#title", "The blue kite")
    page.page.keyboard.press("Enter")
    expect(page.page).to_have_title("The blue kite · Storyloom")
    page.reload()
    expect(page.page.locator("#title")).to_have_value("The blue kite")
    page.page.locator("[data-into=settings-dialog].wide").click()
    expect(page.page.locator("#set_note")).to_have_value("Keep it gentle.")


def test_what_the_model_saw_is_shown_with_tokens(page):
    page.write("Mara climbed onto the roof.")
    page.go_on()
    page.settled()
    page.last.locator(".tools summary").click()
    page.last.get_by_text("What the model saw").click()
    saw = page.page.locator("#saw-dialog")
    expect(saw.locator(".saw-part", has_text="story so far")).to_be_visible()
    expect(saw.locator(".saw-tokens").first).to_contain_text("token")


def test_a_swipe_in_the_middle_of_a_stream_and_back_loses_nothing(page):
    page.write("The kite was red.")
    page.direct("[[end]]")
    page.settled()
    first = page.text
    page.verb("retry-with")
    page.page.fill(".aside-form input", "[[slow]] Rain.")
    page.page.click(".aside-form [type=submit]")
    page.writing()
    page.last.press("ArrowLeft")
    expect(page.last.locator(".passage-text")).to_have_text(first)
    expect(page.page.locator("#go")).to_be_visible()
    page.last.press("ArrowRight")
    page.writing(120)
    page.page.click("#stop")
    page.settled()
    streamed = page.text
    page.reload()
    assert page.text == streamed


def test_undo_and_delete_in_the_middle_of_a_stream(page):
    page.write("The kite was red.")
    page.direct("[[slow]] Rain.")
    page.writing()
    page.page.click("#undo")
    page.expect_count(1)
    page.page.click("#redo")
    page.expect_count(2)
    expect(page.last).to_have_attribute("data-status", "stopped")
    assert page.text
    page.direct("[[slow]] Snow.")
    page.writing()
    page.last.press("Delete")
    page.expect_count(2)
    page.direct("[[end]]")
    page.settled()
    page.expect_count(3)


def test_a_passage_in_the_middle_has_alternatives_too(page):
    page.write("The kite was red.")
    page.direct("[[end]]")
    page.settled()
    page.write("Then it rained.")
    middle = page.passages.nth(1)
    middle.hover()
    middle.locator(".tools summary").click()
    middle.locator("[data-do=alternatives]").click()
    expect(middle.locator(".position")).to_contain_text("1 / 3")
    page.expect_count(3)
    middle.press("ArrowRight")
    page.expect_count(2)
    expect(page.last.locator(".position")).to_contain_text("2 / 3")
    page.settled()
    page.last.press("ArrowLeft")
    page.expect_count(3)
    assert page.text == "Then it rained."
