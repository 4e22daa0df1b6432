"""What someone does at a browser, in words."""

import re

from playwright.sync_api import ConsoleMessage, Page, expect

FINISHED = re.compile("finished|stopped|interrupted|failed")
#: Chromium's own words for a server or a network that is away.
AWAY = re.compile("net::ERR_|WebSocket connection to")

#: Milliseconds to reach a page or a button. What must come soon says so in its test.
PATIENCE = 30_000


class Desk:
    def __init__(self, page: Page, address: str):
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.may_be_away = False  # set where a test takes the server or network away
        page.set_default_timeout(PATIENCE)
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if self.may_be_away and AWAY.search(message.text):
            return
        self.complaints.append(f"{message.text} ({self.page.url})")

    # --- pages --------------------------------------------------------------------

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_up(self, email: str) -> None:
        self.go("/accounts/signup/")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password1]", "a lamp and 7 old stars")
        self.page.click("main form button")
        self.page.wait_for_url(re.compile("/(you|stories)/"))

    def new_story(self, title: str = "", opening: str = "") -> None:
        self.go("/stories/")
        self.page.locator("[data-open=new-dialog]").first.click()
        self.page.fill("#new_title", title)
        self.page.fill("#new_opening", opening)
        self.page.click("#new-dialog .primary")
        self.page.wait_for_url(re.compile("/stories/[0-9a-f-]{36}/$"))
        self.connected()

    def quick_story(self, title: str) -> None:
        """As `new_story`, without walking through the library."""
        cookies = {c["name"]: c["value"] for c in self.page.context.cookies()}
        answer = self.page.request.post(
            self.address + "/stories/new",
            form={"title": title},
            headers={"X-CSRFToken": cookies["csrftoken"], "Referer": self.address},
            max_redirects=0,
        )
        assert answer.status == 302, answer.status
        self.go(answer.headers["location"])
        self.connected()

    def reload(self) -> None:
        self.page.reload()
        self.connected()

    def connected(self) -> None:
        expect(self.page.locator("#connection")).to_have_attribute(
            "data-state", "open", timeout=15_000
        )

    # --- the story ------------------------------------------------------------------

    @property
    def passages(self):
        return self.page.locator("#path > .passage")

    @property
    def last(self):
        return self.passages.last

    @property
    def text(self) -> str:
        """The text of the last passage."""
        return self.last.locator(".passage-text").text_content() or ""

    def texts(self) -> list[str]:
        return self.page.locator("#path .passage-text").all_text_contents()

    def expect_count(self, count: int) -> None:
        expect(self.passages).to_have_count(count)

    def settled(self) -> None:
        expect(self.last).to_have_attribute("data-status", FINISHED, timeout=15_000)
        expect(self.last.locator(".verbs")).to_be_attached()

    def writing(self, letters: int = 40) -> None:
        """Wait until the last passage is being written and some of it is there."""
        expect(self.last).to_have_attribute("data-status", "writing")
        expect(self.last.locator(".passage-text")).to_have_text(
            re.compile(rf"[\s\S]{{{letters},}}")
        )

    # --- verbs ------------------------------------------------------------------------

    def write(self, text: str) -> None:
        self.page.locator(".segmented").get_by_text("Write").click()
        self.page.fill("#entry", text)
        count = self.passages.count()
        self.page.click("#add")
        self.expect_count(count + 1)

    def direct(self, text: str) -> None:
        self.page.locator(".segmented").get_by_text("Direct").click()
        self.page.fill("#entry", text)
        self.go_on()

    def go_on(self) -> None:
        count = self.passages.count()
        self.page.click("#go")
        self.expect_count(count + 1)

    def verb(self, name: str) -> None:
        """Press a button of the last passage."""
        button = self.last.locator(f"[data-do={name}]").last
        if not button.is_visible():
            self.last.locator(".tools summary").click()
        button.click()
