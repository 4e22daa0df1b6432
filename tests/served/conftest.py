"""Redis, PostgreSQL and the product's four processes, on free ports of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

from stories.bench.backends import Missing
from stories.bench.browser import Browser
from stories.bench.processes import Process
from stories.bench.product import Product, served


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.served)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """A failure shows what the processes said."""
    report = yield
    loom = getattr(item, "funcargs", {}).get("loom")
    if report.failed and loom:
        for name, process in loom.processes.items():
            report.sections.append((name, process.said()[-3000:]))
    return report


@pytest.fixture(scope="session")
def running() -> Iterator[Product]:
    try:
        with served() as product:
            yield product
    except Missing as program:
        pytest.skip(str(program))


@pytest.fixture
def loom(running):
    """Every process is up again after a test that ended one."""
    yield running
    for process in (running.redis, *running.processes.values()):
        if process.running is None:
            process.start()


@pytest.fixture
def passage_row(loom):
    """Columns of a passage, as PostgreSQL has them."""

    def row(pk: int, *columns: str) -> tuple:
        with psycopg.connect(loom.env["STORYLOOM_DATABASE_URL"]) as connection:
            query = f"SELECT {', '.join(columns)} FROM stories_passage WHERE id = %s"
            return connection.execute(query, [pk]).fetchone()

    return row


@pytest.fixture
def monitor(loom):
    """A process that says every command Redis is given."""

    @contextmanager
    def watch():
        command = ["redis-cli", "-u", loom.redis_url, "monitor"]
        log = loom.redis.log.with_name("monitor.log")
        with Process(
            "monitor", command, log, ready=lambda process: "OK" in process.said()
        ) as watcher:
            yield watcher

    return watch


numbers = count()


@pytest.fixture
def wren(loom):
    browser = Browser(loom.address)
    browser.sign_up(f"wren{next(numbers)}@example.org")
    return browser


@pytest.fixture
def story(wren):
    """A story whose [[slow]] passages take four seconds."""
    story = wren.start_story()
    with wren.tab(story) as tab:
        tab.send("story.set", field="length", value="short")
        tab.until("ack")
    return story
