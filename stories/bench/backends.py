"""Redis and PostgreSQL of our own, on free ports and in a folder that goes away."""

import os
import pwd
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stories.bench.processes import Process, free_port


class Missing(Exception):
    """A program is not installed; the message names it."""


@contextmanager
def redis_server(folder: Path) -> Iterator[tuple[str, Process]]:
    """Its address and its process."""
    program = shutil.which("redis-server")
    if not program:
        raise Missing("redis-server is not installed")
    port = free_port()
    server = Process(
        "redis",
        [program, "--port", str(port), "--save", "", "--dir", str(folder)],
        folder / "redis.log",
        ready=lambda process: "Ready to accept connections" in process.said(),
    )
    with server:
        yield f"redis://127.0.0.1:{port}/0", server


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Its address."""
    folder.chmod(0o755)  # PostgreSQL's own user passes through
    initdb = find_initdb()
    user = unprivileged()
    data, log, port = folder / "postgres", folder / "postgres.log", free_port()
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    make = [initdb, "-D", str(data), "-U", "storyloom", "--auth=trust", "--no-sync"]
    Process("initdb", make, log, user=user).run_to_its_end()
    program = str(Path(initdb).with_name("postgres"))
    options = f"-p {port} -h 127.0.0.1 -k {data} -c fsync=off".split()
    server = Process(
        "postgres",
        [program, "-D", str(data), *options],
        log,
        user=user,
        ready=lambda process: "ready to accept connections" in process.said(),
        ends_by=signal.SIGINT,  # at once, whoever is connected
    )
    with server:
        yield f"postgres://storyloom@127.0.0.1:{port}/postgres"


def find_initdb() -> str:
    """Debian keeps it out of the PATH, one folder for each version."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (known and str(known[-1]))
    if not found:
        raise Missing("PostgreSQL is not installed")
    return found


def unprivileged() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
