"""The whole product, running: one process, or the four of the served mode."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from stories.bench.backends import postgresql, redis_server
from stories.bench.processes import Process, answers, free_port, manage, product_env

CELERY = [str(Path(sys.executable).with_name("celery")), "-A", "storyloom"]
#: As in the Makefile and compose.yaml; tests/test_deployment.py compares them.
COMMANDS = {
    "web": "manage.py serve",
    "generation": "worker -Q generation -n generation@%h --pool threads -c 32",
    "training": "worker -Q training -n training@%h --pool threads -c 1",
    "beat": "beat",
}
READY = {"generation": r"@\S+ ready", "training": r"@\S+ ready", "beat": "Starting"}


@dataclass
class Product:
    address: str
    env: dict[str, str]
    web: Process
    workers: dict[str, Process] = field(default_factory=dict)
    redis_url: str = ""
    redis: Process | None = None

    @property
    def processes(self) -> dict[str, Process]:
        return {"web": self.web, **self.workers}

    def core_seconds(self) -> float:
        """Seconds of work on a core by all its processes so far."""
        return sum(process.core_seconds() for process in self.processes.values())

    @property
    def generation(self) -> Process:
        return self.workers["generation"]


@contextmanager
def embedded(**settings: str) -> Iterator[Product]:
    with tempfile.TemporaryDirectory(prefix="storyloom-bench-") as name:
        folder = Path(name)
        env = product_env(folder / "var", **settings)
        with web_process(folder, env) as (address, web):
            yield Product(address, env, web)


@contextmanager
def served(**settings: str) -> Iterator[Product]:
    with ExitStack() as stack:
        name = tempfile.TemporaryDirectory(prefix="storyloom-served-")
        folder = Path(stack.enter_context(name))
        redis_url, redis = stack.enter_context(redis_server(folder))
        env = product_env(
            folder / "var",
            STORYLOOM_REDIS_URL=redis_url,
            STORYLOOM_DATABASE_URL=stack.enter_context(postgresql(folder)),
            STORYLOOM_SECRET_KEY="only for this run " * 4,
            **settings,
        )
        address, web = stack.enter_context(web_process(folder, env))
        workers = {name: worker(name, folder, env) for name in READY}
        for process in workers.values():
            stack.enter_context(process)
        yield Product(address, env, web, workers, redis_url, redis)


@contextmanager
def web_process(folder: Path, env: dict[str, str]) -> Iterator[tuple[str, Process]]:
    manage(env, "migrate", "--verbosity", "0")
    if "STORYLOOM_REDIS_URL" in env:
        manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, *COMMANDS["web"].split(), "--port", str(port)]
    web = Process(
        "web", command, folder / "web.log", env, ready=lambda _: answers(address)
    )
    with web:
        yield address, web


def worker(name: str, folder: Path, env: dict[str, str]) -> Process:
    return Process(
        name,
        [*CELERY, *COMMANDS[name].split()],
        folder / f"{name}.log",
        env,
        ready=lambda process: re.search(READY[name], process.said()),
    )


def machine() -> str:
    """The class of this machine, and how busy it is, for a printed figure."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    return f"{cores} cores of {model[1] if model else 'CPU'}, load {load:.1f}"
