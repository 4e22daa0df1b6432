"""A real browser at a real server, with a database of its own.

The server is the product as `make run` starts it, only with the echo model.
"""

import os
import shutil
import sys
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from stories.bench.processes import Process, free_port, manage, product_env
from tests.e2e.desk import Desk

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])),
    None,
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("e2e")
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip("NO BROWSER: install Chromium for these tests")
                )


class House:
    """The server, which a test may kill and start again."""

    def __init__(self, folder: Path):
        self.env = product_env(folder)
        port = free_port()
        self.address = f"http://localhost:{port}"
        serve = [sys.executable, "manage.py", "serve", "--port", str(port)]
        self.process = Process(
            "web", serve, folder / "web.log", self.env, ready=lambda _: self.answers()
        )

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(self.address + "/accounts/login/", timeout=2)
        except OSError:
            return False
        return True

    def start(self) -> None:
        self.process.start()

    def kill(self) -> None:
        self.process.kill()


@pytest.fixture(scope="package")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("e2e"))
    manage(house.env, "migrate", "--verbosity", "0")
    house.start()
    yield house
    house.process.stop()


# Not for the whole session: while it lives, Playwright keeps an event loop running
# in this thread, which other tests must not find.
@pytest.fixture(scope="package")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def logged_in(house, browser: Browser):
    """Wren's cookies, from signing up once through the real pages."""
    context = browser.new_context()
    desk = Desk(context.new_page(), house.address)
    desk.sign_up("wren@example.org")
    state = context.storage_state()
    context.close()
    return {"cookies": state["cookies"], "origins": []}


@pytest.fixture(scope="package")
def usual(browser: Browser, logged_in):
    """Wren's usual browser: it has our files in its cache."""
    context = browser.new_context(storage_state=logged_in, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def open_desk(house, browser: Browser, logged_in, usual):
    """Opens tabs with Wren logged in; afterwards, no page may have complained.

    With options, or `apart`, it is another browser, which shares nothing but Wren.
    """
    contexts, desks = [], []

    def open_desk(beside: Desk | None = None, apart=False, **options) -> Desk:
        if beside:
            context = beside.page.context
        elif not options and not apart:
            context = usual
        else:
            context = browser.new_context(
                **{"storage_state": logged_in, "reduced_motion": "reduce"} | options
            )
            contexts.append(context)
        desk = Desk(context.new_page(), house.address)
        desks.append(desk)
        return desk

    yield open_desk
    complaints = [said for desk in desks for said in desk.complaints]
    for desk in desks:
        desk.page.close()
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def desk(open_desk) -> Desk:
    return open_desk()


@pytest.fixture
def page(desk):
    """Wren's desk with a new, empty story open on it."""
    desk.quick_story("The kite")
    return desk
