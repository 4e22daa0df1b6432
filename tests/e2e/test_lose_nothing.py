"""Reloads, breaks, crashes and other tabs: no word is lost, and all agree."""

import re

from playwright.sync_api import expect


def test_unsent_text_and_its_mode_survive_a_reload(page):
    page.page.locator(".segmented").get_by_text("Direct").click()
    page.page.fill("#entry", "Tobi comes with a la")
    page.reload()
    expect(page.page.locator("#entry")).to_have_value("Tobi comes with a la")
    expect(page.page.get_by_label("Direct")).to_be_checked()
    assert page.passages.count() == 0


def test_a_reload_in_the_middle_of_a_stream_resumes_the_whole_passage(page):
    page.direct("[[slow]] Rain.")
    page.writing()
    before = page.text
    page.reload()
    page.writing(len(before) + 40)
    assert page.text.startswith(before)
    page.page.click("#stop")
    page.settled()
    streamed = page.text
    page.reload()
    assert page.text == streamed


def test_two_tabs_agree(page, open_desk):
    other = open_desk(beside=page)
    other.page.goto(page.page.url)
    other.connected()
    page.write("The kite was red.")
    other.expect_count(1)
    other.direct("[[slow]] Rain.")
    page.expect_count(2)
    page.writing()
    page.page.click("#stop")
    for tab in (page, other):
        expect(tab.last).to_have_attribute("data-status", "stopped")
    assert page.texts() == other.texts()
    other.page.click("#undo")
    page.expect_count(1)
    other.page.fill("#title", "Two of us")
    other.page.keyboard.press("Enter")
    expect(page.page.locator("#title")).to_have_value("Two of us")


def test_two_tabs_keep_each_their_own_unsent_text(page, open_desk):
    other = open_desk(beside=page)
    other.page.goto(page.page.url)
    other.connected()
    page.page.fill("#entry", "The kite was red")
    other.page.fill("#entry", "Rain fell")
    for tab, text in ((page, "The kite was red"), (other, "Rain fell")):
        tab.reload()
        expect(tab.page.locator("#entry")).to_have_value(text)
    page.page.click("#add")
    page.expect_count(1)
    for tab, text in ((page, ""), (other, "Rain fell")):
        tab.reload()
        expect(tab.page.locator("#entry")).to_have_value(text)


def test_an_edit_that_is_too_long_is_said_and_kept(page):
    page.write("The kite was red.")
    page.verb("edit")
    page.page.fill(".edit textarea", "🦊" * 19_000)  # few characters, many bytes
    page.page.click(".edit [type=submit]")
    expect(page.page.locator(".edit-word")).to_contain_text("too much")
    page.reload()
    expect(page.page.locator(".edit textarea")).to_have_value("🦊" * 19_000)
    page.write("And blue.")


def test_a_title_typed_just_before_a_reload_is_kept(page):
    page.page.fill("#title", "The kite")
    page.reload()
    expect(page.page.locator("#title")).to_have_value("The kite")


def test_a_killed_server_leaves_an_interrupted_passage_to_retry(page, house):
    page.direct("[[slow]] Rain.")
    page.writing(120)
    seen = page.text
    page.may_be_away = True
    house.kill()
    expect(page.page.locator("#connection")).to_have_attribute("data-state", "waiting")
    house.start()
    page.connected()
    expect(page.last).to_have_attribute("data-status", "interrupted")
    expect(page.last.locator(".status")).to_contain_text("Interrupted")
    page.reload()
    assert len(page.text) > 20  # what was seen, less the last second of it
    assert seen.startswith(page.text) or page.text.startswith(seen)
    page.last.locator(".status [data-do=retry]").click()
    expect(page.last.locator(".position [aria-hidden]")).to_have_text("2 / 2")
    page.page.click("#stop")
    page.settled()


def test_what_is_written_without_a_connection_is_sent_when_it_is_back(page):
    page.write("The kite was red.")
    page.may_be_away = True
    page.page.context.set_offline(True)
    expect(page.page.locator("[data-offline]")).to_contain_text("Nothing is lost")
    page.page.fill("#entry", "Nobody saw it.")
    page.page.click("#add")
    page.page.fill("#entry", "Or so she thou")
    expect(page.page.locator("#outbox")).to_contain_text("Nobody saw it.")
    page.page.context.set_offline(False)
    page.expect_count(2)
    expect(page.page.locator("#outbox")).to_be_hidden()
    expect(page.page.locator("[data-offline]")).to_be_hidden()
    assert page.texts() == ["The kite was red.", "Nobody saw it."]
    expect(page.page.locator("#entry")).to_have_value("Or so she thou")


def test_what_was_not_sent_yet_survives_a_reload_too(page, house):
    page.may_be_away = True
    page.page.context.set_offline(True)
    page.page.fill("#entry", "Nobody saw it.")
    page.page.click("#add")
    page.page.context.set_offline(False)
    page.reload()
    page.expect_count(1)
    page.reload()
    assert page.texts() == ["Nobody saw it."]


def test_an_edit_that_a_reload_interrupts_is_open_again(page):
    page.write("The kite was red.")
    page.verb("edit")
    page.page.fill(".edit textarea", "The kite was bl")
    page.reload()
    expect(page.page.locator(".edit textarea")).to_have_value("The kite was bl")
    page.page.fill(".edit textarea", "The kite was blue.")
    page.page.get_by_text("Keep the change").click()
    expect(page.last.locator(".passage-text")).to_have_text("The kite was blue.")
    expect(page.page.locator(".edit")).to_have_count(0)


def test_an_edit_that_comes_too_late_keeps_both_texts(page, open_desk):
    page.write("The kite was red.")
    page.verb("edit")
    page.page.fill(".edit textarea", "The kite was mine.")
    other = open_desk(apart=True)
    other.page.goto(page.page.url)
    other.connected()
    other.verb("edit")
    other.page.fill(".edit textarea", "The kite was theirs.")
    other.page.get_by_text("Keep the change").click()
    expect(page.last).to_have_attribute("data-revision", "1")
    page.page.get_by_text("Keep the change").click()
    expect(page.page.locator(".edit-word")).to_contain_text("The kite was theirs.")
    expect(page.page.locator(".edit textarea")).to_have_value("The kite was mine.")
    page.page.get_by_text("Keep mine instead").click()
    expect(other.last.locator(".passage-text")).to_have_text("The kite was mine.")


def test_a_paste_of_a_megabyte_stays_in_the_entry(page):
    long = "rain " * 200_000
    page.page.fill("#entry", long)
    page.page.click("#go")
    expect(page.page.locator("#composer-word")).to_contain_text("nothing is lost")
    assert page.page.locator("#entry").input_value() == long
    assert page.passages.count() == 0


def test_logging_out_elsewhere_says_so_and_keeps_the_text(house, open_desk):
    page = open_desk(storage_state=None)
    page.sign_up("crow@example.org")
    page.new_story("Short")
    page.page.fill("#entry", "Half a thou")
    other = open_desk(beside=page)
    other.go("/accounts/logout/")
    other.page.locator("main form button").click()
    expect(page.page.locator("[data-offline]")).to_contain_text(
        "You are logged out", timeout=5_000
    )
    expect(page.page.locator("#connection")).to_have_attribute("data-state", "closed")
    page.page.get_by_text("Log in again").click()
    page.page.fill("[name=login]", "crow@example.org")
    page.page.fill("[name=password]", "a lamp and 7 old stars")
    page.page.locator("main form button").first.click()
    page.page.wait_for_url(re.compile("/stories/.+"))
    page.connected()
    expect(page.page.locator("#entry")).to_have_value("Half a thou")


def test_a_new_password_leaves_this_browser_where_it_was(house, open_desk):
    page = open_desk(storage_state=None)
    page.sign_up("finch@example.org")
    page.new_story("Kites")
    page.page.fill("#entry", "Half a sent")
    other = open_desk(beside=page)
    other.go("/accounts/password/change/")
    other.page.fill("[name=oldpassword]", "a lamp and 7 old stars")
    for field in other.page.locator("[name^=password]").all():
        field.fill("8 new lamps and a star")
    other.page.click("main form button")
    expect(page.page.locator("#connection")).to_have_attribute("data-state", "waiting")
    page.connected()
    page.page.click("#add")
    page.expect_count(1)


def test_a_part_of_a_page_leads_to_the_log_in_when_logged_out(open_desk):
    desk = open_desk(apart=True)
    desk.quick_story("Gone")
    desk.go("/stories/")
    desk.page.context.clear_cookies()
    desk.page.fill("#q", "gone")
    desk.page.wait_for_url(re.compile("/accounts/login/"))
    expect(desk.page.locator("[name=password]")).to_have_count(1)


def test_going_back_from_a_search_shows_the_whole_library(desk):
    desk.quick_story("Back")
    desk.go("/stories/")
    desk.page.fill("#q", "back")
    desk.page.wait_for_url(re.compile("q=back"))
    desk.page.go_back()
    desk.page.wait_for_url(re.compile("/stories/$"))
    expect(desk.page.locator("h1")).to_have_text("Your stories")
    expect(desk.page.locator("#q")).to_have_value("")
