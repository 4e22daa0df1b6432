"""Every page, on a phone and on a desk, in the light and in the dark."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parent.parent.parent
NAMELESS = """() => {
  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    const labelled = by && document.getElementById(by)?.textContent;
    const labels = [...(element.labels ?? [])].map((l) => l.textContent).join("");
    const own = element.matches("input, textarea, select") ? "" : element.textContent;
    return (element.getAttribute("aria-label") || labelled || labels || own).trim();
  };
  const controls = "a[href], button, input, textarea, select, summary, dialog, article";
  return [...document.querySelectorAll(controls)]
    .filter((element) => element.type !== "hidden" && !nameOf(element))
    .map((element) => element.outerHTML.slice(0, 200));
}"""
DOUBLED_IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"
TOO_SMALL = """(least) => [...document.querySelectorAll("button, summary, a.button")]
  .filter((element) => !element.matches(".unseen"))
  .map((element) => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < least || box.height < least))
  .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""

PUBLIC = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/join"]
PERSONAL = [
    "/stories/",
    "/stories/?archived=1",
    "/stories/?q=nothing+like+it",
    "/you/",
    "/you/experiences",
    "/you/values",
    "/you/tone",
    "/you/account",
    "/you/data",
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/logout/",
]
ERRORS = ["/nothing/here"]
LOOKS = {
    "phone": {"viewport": {"width": 360, "height": 640}, "color_scheme": "light"},
    "desk": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
}


def look_at(desk, least: int) -> None:
    page = desk.page
    assert page.evaluate(TOO_WIDE) <= 0, page.url
    assert page.evaluate(NAMELESS) == [], page.url
    assert page.evaluate(DOUBLED_IDS) == [], page.url
    assert page.evaluate(TOO_SMALL, least) == [], page.url


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_fits_names_its_controls_and_keeps_the_csp(open_desk, look):
    stranger = open_desk(storage_state=None, **LOOKS[look])
    for path in PUBLIC:
        stranger.go(path)
        look_at(stranger, 24)
    wren = open_desk(**LOOKS[look])
    for path in PERSONAL:
        wren.go(path)
        look_at(wren, 24)
    wren.may_be_away = True  # Chromium reports a 404 as a failed resource
    for path in ERRORS:
        wren.page.on("console", lambda message: None)
        wren.go(path)
        look_at(wren, 24)
    wren.complaints = [c for c in wren.complaints if "404" not in c]


@pytest.mark.parametrize("look", LOOKS)
def test_the_editor_and_all_that_opens_in_it_fit(open_desk, look):
    desk = open_desk(**LOOKS[look])
    desk.quick_story("A long title that does not fit on a small screen at all, really")
    look_at(desk, 24)
    desk.write("Supercalifragilistic" * 12)
    desk.direct("A direction that is so long that it has to be broken into two lines.")
    desk.settled()
    desk.verb("retry")
    expect(desk.last.locator(".position [aria-hidden]")).to_have_text("2 / 2")
    desk.settled()
    look_at(desk, 24)
    for dialog in ("map", "settings"):
        buttons = desk.page.locator(f"[data-into={dialog}-dialog]")
        if not buttons.first.is_visible():
            desk.page.locator(".editor-head summary").click()
        buttons.locator("visible=true").click()
        expect(
            desk.page.locator(f"#{dialog}-dialog .sheet-body *").first
        ).to_be_visible()
        look_at(desk, 24)
        desk.page.keyboard.press("Escape")
    for dialog in ("compare", "saw"):
        desk.last.locator(".tools summary").click()
        desk.last.locator(f"[data-into={dialog}-dialog]").click()
        expect(
            desk.page.locator(f"#{dialog}-dialog .sheet-body *").first
        ).to_be_visible()
        look_at(desk, 24)
        desk.page.keyboard.press("Escape")
    desk.verb("edit")
    look_at(desk, 24)


def test_the_light_can_be_switched_and_stays(open_desk):
    desk = open_desk(apart=True)
    desk.go("/stories/")
    dark = "() => getComputedStyle(document.documentElement).colorScheme"
    assert desk.page.evaluate(dark) == "light dark"
    desk.page.locator("[data-menu] summary").first.click()
    desk.page.get_by_text("Dark page").click()
    assert desk.page.evaluate(dark) == "dark"
    desk.page.reload()
    assert desk.page.evaluate(dark) == "dark"


def test_markup_from_the_model_or_a_person_is_only_text(page):
    image = "<img src=x onerror=alert(1)>"
    page.page.on("dialog", lambda dialog: page.complaints.append("a script ran"))
    page.write(image)
    page.direct(f"[[html]] [[end]] {image}")
    page.settled()
    page.page.fill("#title", image)
    page.page.keyboard.press("Enter")
    expect(page.page).to_have_title(f"{image} · Storyloom")
    assert page.text.startswith(image)
    page.reload()
    assert page.texts()[0] == image
    assert page.text.startswith(image)
    page.page.locator("[data-into=map-dialog].wide").click()
    expect(page.page.locator(".map .label").first).to_have_text(image)
    page.page.keyboard.press("Escape")
    page.last.locator(".tools summary").click()
    page.last.get_by_text("What the model saw").click()
    expect(page.page.locator(".saw-text").last).to_contain_text(image)
    assert page.page.locator("img").count() == 0
    page.go("/stories/")
    assert page.page.locator("img").count() == 0
    expect(page.page.locator(".story-card h2").first).to_have_text(image)


def test_help_is_shown_beside_words_of_someone_in_danger(page):
    page.write("I want to kill myself.")
    expect(page.last.locator(".care")).to_contain_text("speak with a person")
    assert page.text == "I want to kill myself."


def test_searching_shows_what_is_found_without_a_reload(desk):
    for title in ("Snow in May", "The heron"):
        desk.quick_story(title)
    desk.go("/stories/")
    desk.page.fill("#q", "heron")
    expect(desk.page.locator(".story-card", has_text="Snow in May")).to_have_count(0)
    expect(desk.page.locator(".story-card", has_text="The heron")).to_have_count(1)
    expect(desk.page.locator("#found")).to_have_text("1 story found")
    expect(desk.page).to_have_url(re.compile("q=heron"))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ink", "least"),
    [("ink", 7), ("ink-soft", 4.5), ("accent", 4.5), ("danger", 4.5), ("good", 4.5)],
)
def test_ink_stands_out_from_paper_in_the_light_and_in_the_dark(ink, least):
    css = (ROOT / "static/css/base.css").read_text()
    colours = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)
    tokens = {name: pair for name, *pair in colours}
    for paper in ("paper", "sheet"):
        for on, under in zip(tokens[ink], tokens[paper], strict=True):
            dark, bright = sorted((luminance(on), luminance(under)))
            assert (bright + 0.05) / (dark + 0.05) >= least, (ink, paper, on, under)
