"""The rules of the house that no single file can show."""

import subprocess
import sys
from pathlib import Path

import pytest

from stories.bench.processes import ROOT, product_env
from storyloom.celery import app

WEB = """
import sys
from storyloom.asgi import application
from django.core.management import call_command
from django.urls import get_resolver
call_command("check")
get_resolver().url_patterns
heavy = {"torch", "transformers", "peft", "numpy"} & set(sys.modules)
sys.exit(f"loaded by the web process: {sorted(heavy)}" if heavy else 0)
"""
ENGINE = """
import sys
import training.engine.echo
django = [name for name in sys.modules if name.split(".")[0] == "django"]
sys.exit(f"loaded by the engine: {django}" if django else 0)
"""


@pytest.mark.parametrize("code", [WEB, ENGINE], ids=["web", "engine"])
def test_what_must_start_light_starts_light(code, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=product_env(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_imports_point_one_way():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_every_task_of_the_clock_exists():
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks


def test_every_task_has_a_queue_that_a_worker_serves():
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    assert ours
    for name in ours:
        route = app.amqp.router.route({}, name)
        assert route["queue"].name in {"generation", "training"}


def test_no_file_has_grown_past_its_room():
    """Past about 300 lines a feature moves into its own folder."""
    long = {
        str(path.relative_to(ROOT)): count
        for top in ("storyloom", "users", "stories", "training")
        for path in (ROOT / top).rglob("*.py")
        if "migrations" not in path.parts
        and (count := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_nothing_is_named_after_nothing():
    vague = {"utils.py", "helpers.py", "common.py", "misc.py", "signals.py"}
    tops = ("storyloom", "users", "stories", "training")
    found = [p for top in tops for p in (ROOT / top).rglob("*.py") if p.name in vague]
    assert found == []
