"""Tone, arc and turning points in a real browser: pointer, keys, a phone."""

import json

import pytest
from playwright.sync_api import expect

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def desk(desk):
    desk.quick_story("An arc")
    desk.write("We laughed and danced at the wonderful party.")
    return desk


def open_arc(desk):
    page = desk.page
    button = page.locator(".tools-row > [data-into=arc-dialog]")
    if not button.is_visible():
        page.click(".tools-row summary")
        button = page.locator(".menu-items [data-into=arc-dialog]")
    button.click()
    expect(page.locator(".arc-plan")).to_be_visible()


def keep(desk):
    desk.page.click(".arc-plan .primary")
    expect(desk.page.locator("#arc-body .saved")).to_be_visible()


def choose(page, shape):
    page.locator(f"[name=shape][value={shape}]").check()


def points(desk):
    return json.loads(desk.page.locator(".arc-plan [name=points]").input_value())


def test_a_shape_is_chosen_followed_and_charted(desk):
    page = desk.page
    open_arc(desk)
    choose(page, "fall")
    page.fill("#arc-passages", "4")
    keep(desk)
    expect(page.locator(".chart path.planned")).to_be_attached()
    page.keyboard.press("Escape")
    desk.go_on()
    desk.settled()
    expect(desk.last.locator(".badge")).to_contain_text("reads")
    open_arc(desk)
    expect(page.locator(".chart .point")).to_have_count(2)
    page.locator(".chart a").first.click()
    expect(page.locator("#arc-dialog")).not_to_be_visible()
    expect(desk.passages.first).to_be_focused()


def test_an_arc_is_drawn_with_a_pointer_and_with_keys(desk):
    page = desk.page
    open_arc(desk)
    choose(page, "drawn")
    area = page.locator("[data-area]")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    page.mouse.move(box["x"] + 16, box["y"] + box["height"] - 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 16, box["y"] + 20, steps=12)
    page.mouse.up()
    drawn = points(desk)
    assert drawn == sorted(drawn) and drawn[0] < -0.6 and drawn[-1] > 0.6
    page.locator(".handle").first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert points(desk)[:2] == [1, -1]
    expect(page.locator(".handle").first).to_have_attribute(
        "aria-valuetext", "very bright"
    )
    page.locator("#arc-keep").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#arc-body .saved")).to_be_in_viewport()
    expect(page.locator("#arc-keep")).to_be_focused()
    expect(page.locator("[name=shape][value=drawn]")).to_be_checked()


def test_what_is_no_plan_is_said_beside_it(desk):
    page = desk.page
    open_arc(desk)
    choose(page, "rise")
    page.locator("#arc-passages").evaluate("field => (field.max = 9999)")
    page.fill("#arc-passages", "999")
    page.click(".arc-plan .primary")
    expect(page.locator("#arc-body .errorlist")).to_contain_text("2 to 200")
    expect(page.locator("#arc-body .errorlist")).to_be_in_viewport()
    expect(page.locator("[name=shape][value=rise]")).to_be_checked()
    expect(page.locator("#arc-passages")).to_have_value("999")
    desk.complaints = [c for c in desk.complaints if "422" not in c]


def test_a_turning_point_gives_three_ways_to_choose_from(desk):
    page = desk.page
    page.click(".composer .turns")
    page.click("[data-turn=gift]")
    expect(page.locator("#compare-dialog .alternative")).to_have_count(
        3, timeout=30_000
    )
    expect(page.locator("#compare-dialog .badge")).to_have_count(3)
    expect(page.locator("#toast")).to_be_hidden()
    page.locator("#compare-dialog [data-jump]").last.click()
    expect(desk.last.locator(".position")).to_contain_text("3 / 3")


def test_on_a_phone_everything_is_in_reach(desk):
    page = desk.page
    page.set_viewport_size(PHONE)
    open_arc(desk)
    choose(page, "drawn")
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    within = page.locator("#arc-dialog").evaluate("d => d.scrollWidth - d.clientWidth")
    assert wide <= 0 and within <= 0
    page.keyboard.press("Escape")
    page.click(".tools-row summary")
    page.click(".menu-items [data-open=turn-dialog]")
    expect(page.locator("#turn-dialog [data-turn]")).to_have_count(6)


def test_how_it_feels_is_said_on_a_phone_and_stands_on_the_badge(desk):
    page = desk.page
    page.set_viewport_size(PHONE)
    page.select_option("#tone", "sad")
    desk.go_on()
    desk.settled()
    desk.last.locator(".badge summary").click()
    expect(desk.last.locator(".badge .how")).to_be_in_viewport(ratio=1)
    desk.last.locator("[data-feels=too_sad]").click()
    expect(desk.last.locator(".badge summary")).to_contain_text("to you too sad")


def test_closer_asks_for_the_same_again(desk):
    page = desk.page
    page.select_option("#tone", "sad")
    desk.go_on()
    desk.settled()
    expect(desk.last.locator(".badge")).to_contain_text("asked sad, reads")
    desk.last.locator("[data-do=closer]").click()
    expect(desk.last.locator(".position")).to_contain_text("2 / 2")
    desk.settled()
