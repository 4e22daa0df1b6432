"""Real processes, for measuring and for tests: on free ports, watched, always ended."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds a process may take to be ready on a busy machine


class TooLate(Exception):
    """Something did not happen in time, or a process ended before it did."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_until(true: Callable[[], object], what: str, patience: float = PATIENCE):
    """What `true` returns, as soon as that is anything."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if result := true():
            return result
        time.sleep(0.05)
    raise TooLate(f"not within {patience} s: {what}")


def answers(address: str) -> bool:
    """Whether the log-in page is there."""
    try:
        opener = build_opener(ProxyHandler({}))
        with opener.open(f"{address}/accounts/login/", timeout=5) as answer:
            return answer.status == 200
    except (URLError, ConnectionError):
        return False


def product_env(var: Path, **changes: str) -> dict[str, str]:
    """This environment, with nobody's own Storyloom settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STORYLOOM_")}
    kept.pop("WEB_CONCURRENCY", None)
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "storyloom.settings",
        "PYTHONUNBUFFERED": "1",
        "STORYLOOM_VAR": str(var),
        "STORYLOOM_MODEL": "echo",
        **changes,
    }


def manage(env: dict[str, str], *words: str) -> str:
    """The output of one management command."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode:
        raise TooLate(f"{words}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def end_in_order() -> None:
    """Who is told to end (SIGTERM) first ends what it started."""
    at_top = threading.current_thread() is threading.main_thread()
    if at_top and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, signal.default_int_handler)


class Process:
    """One program in its own process group, its output in a file."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        env: dict[str, str] | None = None,
        user: str | None = None,
        ready: Callable[["Process"], object] = lambda process: True,
        ends_by: int = signal.SIGTERM,
    ):
        self.name, self.command, self.log = name, command, log
        self.env, self.user, self.ready, self.ends_by = env, user, ready, ends_by
        self.running: subprocess.Popen | None = None
        self.said_before = 0

    def __enter__(self) -> "Process":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def run_to_its_end(self) -> None:
        self.start()
        assert self.running is not None
        if self.running.wait(PATIENCE):
            raise TooLate(f"{self.name} failed:\n{self.said()}")
        self.running = None

    def start(self) -> "Process":
        end_in_order()
        with self.log.open("ab") as output:
            self.said_before = output.tell()
            self.running = subprocess.Popen(
                self.command,
                cwd="/" if self.user else ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                extra_groups=[] if self.user else None,
            )
        try:
            wait_until(self.is_ready, f"{self.name} is ready")
        except TooLate:
            self.kill()
            raise
        return self

    def is_ready(self) -> bool:
        assert self.running is not None
        if self.running.poll() is not None:
            raise TooLate(f"{self.name} ended at once:\n{self.said()}")
        return bool(self.ready(self))

    def said(self) -> str:
        """What it has printed since it was last started."""
        if not self.log.exists():
            return ""
        return self.log.read_bytes()[self.said_before :].decode(errors="replace")

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def core_seconds(self) -> float:
        """Seconds it has worked on a core since it began."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, sign: int | None = None, patience: float = 15) -> float:
        """Seconds it took to end. What does not end is killed."""
        if self.running is None:
            return 0
        began = time.monotonic()
        self.signal(sign or self.ends_by)
        try:
            self.running.wait(patience)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.running.wait()
        self.running = None
        return time.monotonic() - began

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def signal(self, sign: int) -> None:
        assert self.running is not None
        if self.running.poll() is None:
            os.killpg(self.running.pid, sign)
