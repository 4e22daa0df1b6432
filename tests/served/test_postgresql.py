"""The stories' own tests once more, on the database of the served mode."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from stories.bench.backends import Missing, postgresql
from stories.bench.processes import ROOT


@pytest.mark.slow
def test_the_tests_of_the_stories_pass_on_postgresql():
    # What this test's own process was told of sharing is not for the other one.
    alone = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")}
    try:
        with (
            tempfile.TemporaryDirectory(prefix="storyloom-served-") as folder,
            postgresql(Path(folder)) as address,
        ):
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
                + ["tests/stories"],
                cwd=ROOT,
                env={**alone, "TEST_DATABASE_URL": address},
                capture_output=True,
                text=True,
            )
    except Missing as program:
        pytest.skip(str(program))
    assert done.returncode == 0, done.stdout[-5000:]
    assert " passed" in done.stdout
