"""The whole walk without a mouse, and what a screen reader hears of it."""

import re

from playwright.sync_api import expect


def press(desk, *keys: str) -> None:
    for key in keys:
        desk.page.keyboard.press(key)


def tab_to(desk, selector: str, key: str = "Tab", most: int = 40) -> None:
    for _ in range(most):
        if desk.page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
        press(desk, key)
    raise AssertionError(f"{selector} is not reached with {key}")


def test_a_story_is_begun_written_and_changed_with_the_keyboard_alone(desk):
    desk.go("/stories/")
    tab_to(desk, "main [data-open=new-dialog]")
    press(desk, "Enter")
    desk.page.keyboard.type("By keys")
    tab_to(desk, "#new-dialog .primary")
    press(desk, "Enter")
    desk.page.wait_for_url(re.compile("/stories/[0-9a-f-]{36}/$"))
    desk.connected()

    tab_to(desk, "#entry")
    desk.page.keyboard.type("The kite was red.")
    press(desk, "Control+Shift+Enter")
    desk.expect_count(1)
    press(desk, "Control+Enter")
    desk.expect_count(2)
    desk.settled()

    tab_to(desk, "#path > .passage:last-of-type", "Shift+Tab")
    press(desk, "r")
    expect(desk.last.locator(".position [aria-hidden]")).to_have_text("2 / 2")
    desk.settled()
    second = desk.text
    expect(desk.last).to_be_focused()
    press(desk, "ArrowLeft")
    expect(desk.last.locator(".position [aria-hidden]")).to_have_text("1 / 2")
    expect(desk.last).to_be_focused()
    press(desk, "ArrowRight")
    expect(desk.last.locator(".passage-text")).to_have_text(second)

    press(desk, "ArrowUp", "Enter", "Control+a")
    desk.page.keyboard.type("The kite was blue.")
    press(desk, "Control+Enter")
    expect(desk.passages.nth(0).locator(".passage-text")).to_have_text(
        "The kite was blue."
    )
    expect(desk.passages.nth(0)).to_be_focused()
    press(desk, "Control+z")
    expect(desk.passages.nth(0).locator(".passage-text")).to_have_text(
        "The kite was red."
    )

    press(desk, "ArrowDown", "Tab")
    tab_to(desk, ".passage:last-of-type .tools summary")
    press(desk, "Enter")
    tab_to(desk, ".passage:last-of-type [data-do=delete]")
    press(desk, "Enter")
    expect(desk.last.locator(".position")).to_have_count(0)  # the other one is left
    press(desk, "Control+z")
    expect(desk.last.locator(".passage-text")).to_have_text(second)

    press(desk, "?")
    expect(desk.page.locator("#keys-dialog")).to_be_visible()
    press(desk, "Escape", "m")
    expect(desk.page.locator(".map [data-jump]").first).to_be_visible()
    tab_to(desk, ".map li:first-child [data-jump]")
    press(desk, "Enter")
    expect(desk.passages.nth(0)).to_be_focused()
    press(desk, "d")
    expect(desk.page.locator("#entry")).to_be_focused()
    expect(desk.page.get_by_label("Direct")).to_be_checked()


def test_escape_stops_the_writing(page):
    page.direct("[[slow]] Rain.")
    page.writing()
    press(page, "Escape")
    expect(page.last).to_have_attribute("data-status", "stopped", timeout=2_000)


def test_single_letters_can_be_switched_off(open_desk):
    page = open_desk(apart=True)
    page.quick_story("Quiet keys")
    page.write("The kite was red.")
    page.last.focus()
    press(page, "?")
    page.page.get_by_label("Single letters are shortcuts").uncheck()
    press(page, "Escape")
    page.last.focus()
    press(page, "m")
    expect(page.page.locator("#map-dialog")).to_be_hidden()
    page.reload()
    page.last.focus()
    press(page, "?")
    expect(page.page.locator("#keys-dialog")).to_be_hidden()


def test_a_screen_reader_hears_whole_sentences(page):
    page.page.evaluate(
        """() => {
          window.heard = [];
          new MutationObserver((changes) => {
            for (const change of changes)
              for (const node of change.addedNodes) heard.push(node.textContent.trim());
          }).observe(document.getElementById("said"), { childList: true });
        }"""
    )
    page.direct("Rain [[end]] falls.")
    page.settled()
    expect(page.page.locator("#said")).to_contain_text("The passage is finished.")
    heard = page.page.evaluate("heard")
    assert heard[0] == "Storyloom is writing."
    assert heard[1:-1] == [page.text]  # no token by itself
