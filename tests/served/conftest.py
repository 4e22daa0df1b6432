"""Redis, PostgreSQL and the product's four processes, on free ports of this machine."""

import os
import pwd
import re
import shutil
import signal
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from stories.bench.browser import Browser
from stories.bench.processes import Process, answers, free_port, manage, product_env

CELERY = [str(Path(sys.executable).with_name("celery")), "-A", "storyloom"]
#: As in the Makefile and compose.yaml; tests/test_deployment.py compares them.
COMMANDS = {
    "web": "manage.py serve",
    "generation": "worker -Q generation -n generation@%h --pool threads -c 16",
    "training": "worker -Q training -n training@%h --pool threads -c 1",
    "beat": "beat",
}


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
def place():
    """A folder that PostgreSQL's own user may enter too."""
    with tempfile.TemporaryDirectory(prefix="storyloom-served-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def redis_server(place):
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("redis-server is not installed")
    port = free_port()
    server = Process(
        "redis",
        [program, "--port", str(port), "--save", "", "--dir", str(place)],
        place / "redis.log",
        ready=lambda process: "Ready to accept connections" in process.said(),
    )
    server.url = f"redis://127.0.0.1:{port}/0"
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_url(place):
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = shutil.which("initdb") or (programs and str(programs[-1]))
    if not initdb:
        pytest.skip("PostgreSQL is not installed")
    user = unprivileged()
    data, port = place / "postgres", free_port()
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    log = place / "postgres.log"
    make = [initdb, "-D", str(data), "-U", "storyloom", "--auth=trust", "--no-sync"]
    made = Process("initdb", make, log, user=user)
    made.start()
    assert made.running and made.running.wait(60) == 0, made.said()
    options = f"-p {port} -h 127.0.0.1 -k {data} -c fsync=off"
    server = Process(
        "postgres",
        [str(Path(initdb).with_name("postgres")), "-D", str(data), *options.split()],
        log,
        user=user,
        ready=lambda process: "ready to accept connections" in process.said(),
    ).start()
    yield f"postgres://storyloom@127.0.0.1:{port}/postgres"
    server.stop(signal.SIGINT)


def unprivileged() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@dataclass
class Loom:
    """The running product."""

    address: str
    env: dict[str, str]
    redis: Process
    database: str
    processes: dict[str, Process]

    def __getattr__(self, name: str) -> Process:
        return self.processes[name]

    def passage(self, pk: int, *columns: str) -> tuple:
        with psycopg.connect(self.database) as connection:
            query = f"SELECT {', '.join(columns)} FROM stories_passage WHERE id = %s"
            row = connection.execute(query, [pk]).fetchone()  # ty: ignore
        assert row
        return row

    @contextmanager
    def monitor(self):
        """A process that says every command Redis is given."""
        watcher = Process(
            "monitor",
            ["redis-cli", "-u", self.redis.url, "monitor"],
            self.redis.log.with_name("monitor.log"),
            ready=lambda process: "OK" in process.said(),
        ).start()
        yield watcher
        watcher.kill()


@pytest.fixture(scope="session")
def running(place, redis_server, postgres_url):
    env = product_env(
        place / "var",
        STORYLOOM_REDIS_URL=redis_server.url,
        STORYLOOM_DATABASE_URL=postgres_url,
        STORYLOOM_SECRET_KEY="only for these tests " * 4,
    )
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    web = [sys.executable, *COMMANDS["web"].split(), "--port", str(port)]
    processes = {
        "web": Process(
            "web", web, place / "web.log", env, ready=lambda _: answers(address)
        )
    }
    for name in ("generation", "training", "beat"):
        command = [*CELERY, *COMMANDS[name].split()]
        sign = r"beat: Starting" if name == "beat" else r"celery@|@\S+ ready"
        processes[name] = Process(
            name,
            command,
            place / f"{name}.log",
            env,
            ready=lambda process, sign=sign: re.search(sign, process.said()),
        )
    for process in processes.values():
        process.start()
    yield Loom(address, env, redis_server, postgres_url, processes)
    for process in processes.values():
        process.stop()


@pytest.fixture
def loom(running):
    """Every process is up again before and after a test that ended one."""
    yield running
    for process in (running.redis, *running.processes.values()):
        if process.running is None:
            process.start()


people = iter(range(1_000_000))


@pytest.fixture
def wren(loom):
    browser = Browser(loom.address)
    browser.sign_up(f"wren{next(people)}@example.org")
    return browser


@pytest.fixture
def story(wren):
    """A story whose [[slow]] passages take four seconds."""
    story = wren.start_story()
    with wren.tab(story) as tab:
        tab.send("story.set", field="length", value="short")
        tab.until("ack")
    return story
