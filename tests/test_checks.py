"""What is wrong with the configuration is said at start-up, with a way out."""

import inspect
import re

import pytest

from storyloom import checks


def ids(messages):
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


@pytest.fixture
def served(settings):
    settings.EMBEDDED = False
    settings.SECRET_KEY = "s" * 60
    return settings


def test_nothing_is_wrong_with_the_defaults(settings, monkeypatch):
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    every = [
        checks.secret_is_long,
        checks.embedded_is_one_process,
        checks.model_exists,
        checks.redis_and_postgresql_come_together,
        checks.quiet_hours_are_hours,
        checks.served_over_https,
        checks.static_files_are_collected,
        checks.letters_lead_back,
    ]
    assert [message for check in every for message in check()] == []


def test_a_short_secret_is_refused_in_served_mode(served):
    assert ids(checks.secret_is_long()) == []
    served.SECRET_KEY = "short"
    assert ids(checks.secret_is_long()) == ["storyloom.E001"]


def test_several_embedded_processes_are_refused(settings, monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    assert ids(checks.embedded_is_one_process()) == ["storyloom.E002"]
    settings.EMBEDDED = False
    assert ids(checks.embedded_is_one_process()) == []


@pytest.mark.parametrize("model", ["/no/such/folder", "./nothing", "~/nothing"])
def test_a_model_folder_that_is_not_there_is_refused(settings, model):
    settings.STORYLOOM_MODEL = model
    assert ids(checks.model_exists()) == ["storyloom.E003"]


@pytest.mark.parametrize("hours", ["night", "8", "8-8", "8-30", "0-24", "-"])
def test_quiet_hours_that_are_none_are_refused(settings, hours):
    settings.QUIET_HOURS = hours
    assert ids(checks.quiet_hours_are_hours()) == ["storyloom.E005"]


@pytest.mark.parametrize("hours", ["", "8-20", "22 - 6", "20-24"])
def test_quiet_hours_are_accepted(settings, hours):
    settings.QUIET_HOURS = hours
    assert ids(checks.quiet_hours_are_hours()) == []


def test_a_model_folder_and_a_model_id_are_accepted(settings, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    served = "http://gpu.example/v1"
    for model in (str(tmp_path), "some-people/some-model", "seedling", "echo", served):
        settings.STORYLOOM_MODEL = model
        assert ids(checks.model_exists()) == []


def test_a_served_model_needs_its_weights_as_files_for_voices(settings):
    settings.STORYLOOM_MODEL = "http://gpu.example/v1"
    assert ids(checks.voices_have_weights()) == ["storyloom.W004"]
    settings.STORYLOOM_VOICE_MODEL = "some-people/some-model"
    assert ids(checks.voices_have_weights()) == []


def test_redis_without_postgresql_is_refused(served):
    assert ids(checks.redis_and_postgresql_come_together()) == ["storyloom.E004"]


def test_postgresql_without_redis_is_refused(settings, monkeypatch):
    postgresql = "django.db.backends.postgresql"
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", postgresql)
    assert ids(checks.redis_and_postgresql_come_together()) == ["storyloom.E004"]


def test_serving_without_https_is_warned_about(served):
    assert ids(checks.served_over_https()) == ["storyloom.W001"]
    served.HTTPS = True
    assert ids(checks.served_over_https()) == []


def test_serving_without_static_files_is_warned_about(served, tmp_path):
    served.STATIC_ROOT = tmp_path / "nothing"
    assert ids(checks.static_files_are_collected()) == ["storyloom.W002"]
    served.STATIC_ROOT = tmp_path
    assert ids(checks.static_files_are_collected()) == []


def test_letters_that_lead_nowhere_are_told_of(settings):
    settings.EMAIL_HOST, settings.ADDRESS = "mail.example", "http://127.0.0.1:8000"
    assert ids(checks.letters_lead_back()) == ["storyloom.W003"]
    settings.ADDRESS = "https://loom.example"
    assert ids(checks.letters_lead_back()) == []


def test_every_check_has_an_id_of_its_own():
    known = re.findall(r'id="(storyloom\.\w+)"', inspect.getsource(checks))
    assert len(known) == len(set(known)) > 5
