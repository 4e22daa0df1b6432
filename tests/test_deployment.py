"""compose.yaml, the Makefile and the served tests start the same processes."""

import re

import pytest
import yaml

from stories.bench.processes import ROOT
from stories.bench.product import COMMANDS

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_process_is_started_by_the_same_words_everywhere(name):
    command = COMMANDS[name]
    assert command in COMPOSE[name]["command"]
    made = re.search(rf"^{name.upper()} := \$\((\w+)\) (.+)$", MAKEFILE, re.M)
    assert made
    program = {"MANAGE": "manage.py ", "CELERY": ""}[made[1]]
    assert (program + made[2]).startswith(command)


def test_make_serve_starts_them_all():
    serve = MAKEFILE.partition("\nserve: install")[2]
    for name in COMMANDS:
        assert f"$({name.upper()})" in serve


def test_every_process_waits_for_its_services_and_its_tables():
    for name in COMMANDS:
        conditions = COMPOSE[name]["depends_on"]
        assert conditions["postgres"]["condition"] == "service_healthy"
        assert conditions["redis"]["condition"] == "service_healthy"
        assert conditions["setup"]["condition"] == "service_completed_successfully"
    assert "migrate" in COMPOSE["setup"]["command"]
    assert "collectstatic" in COMPOSE["setup"]["command"]


def test_everything_that_can_hang_says_whether_it_is_healthy():
    for name in ("postgres", "redis", "web", "generation", "training"):
        assert COMPOSE[name]["healthcheck"]["test"]


def test_generation_is_one_process_on_threads():
    assert "--pool threads" in COMPOSE["generation"]["command"]
    assert "replicas" not in str(COMPOSE["generation"])


def test_the_example_environment_names_only_what_exists():
    example = (ROOT / ".env.example").read_text()
    settings = (ROOT / "storyloom" / "settings.py").read_text()
    named = set(re.findall(r"^(\w+)=", example, re.M))
    read = set(re.findall(r'"(STORYLOOM_\w+)"', settings))
    assert named - {"POSTGRES_PASSWORD"} <= read
    assert {"STORYLOOM_DATABASE_URL", "STORYLOOM_REDIS_URL"} <= named


def test_the_image_holds_no_secret():
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".env", "var", ".git"} <= set(left_out)
