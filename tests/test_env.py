"""Environment variables are read, or refused in words."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from storyloom import env


@pytest.mark.parametrize("word", ["1", "true", "YES", " on "])
def test_a_flag_is_on(monkeypatch, word):
    monkeypatch.setenv("STORYLOOM_X", word)
    assert env.flag("STORYLOOM_X") is True


@pytest.mark.parametrize("word", ["0", "false", "No", "off", ""])
def test_a_flag_is_off(monkeypatch, word):
    monkeypatch.setenv("STORYLOOM_X", word)
    assert env.flag("STORYLOOM_X", default=True) is False


def test_a_flag_that_says_maybe_is_refused(monkeypatch):
    monkeypatch.setenv("STORYLOOM_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="STORYLOOM_X is 'maybe'"):
        env.flag("STORYLOOM_X")


def test_a_number_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("STORYLOOM_X", "many")
    with pytest.raises(ImproperlyConfigured, match="say a number"):
        env.number("STORYLOOM_X", 3)


def test_an_unset_variable_has_its_default(monkeypatch):
    monkeypatch.delenv("STORYLOOM_X", raising=False)
    assert env.number("STORYLOOM_X", 3) == 3
    assert env.flag("STORYLOOM_X") is False
    assert env.words("STORYLOOM_X", "a, b,,") == ["a", "b"]


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path, monkeypatch):
    monkeypatch.delenv("STORYLOOM_X", raising=False)
    kept = tmp_path / "var" / "secret_key"
    first = env.secret("STORYLOOM_X", kept)
    assert len(first) >= 50
    assert env.secret("STORYLOOM_X", kept) == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_the_served_mode_invents_no_secret(monkeypatch):
    monkeypatch.delenv("STORYLOOM_X", raising=False)
    with pytest.raises(ImproperlyConfigured, match="STORYLOOM_X must be set"):
        env.secret("STORYLOOM_X", keep_in=None)


def test_a_postgresql_address_is_taken_apart(monkeypatch, tmp_path):
    monkeypatch.setenv(
        "STORYLOOM_X", "postgres://wren:p%40ss@db.example:5433/loom?sslmode=require"
    )
    database = env.database("STORYLOOM_X", tmp_path / "x.sqlite3")
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["USER"] == "wren"
    assert database["PASSWORD"] == "p@ss"
    assert (database["HOST"], database["PORT"]) == ("db.example", "5433")
    assert database["NAME"] == "loom"
    assert database["OPTIONS"]["sslmode"] == "require"


def test_another_database_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("STORYLOOM_X", "mysql://localhost/loom")
    with pytest.raises(ImproperlyConfigured, match="postgres://"):
        env.database("STORYLOOM_X", tmp_path / "x.sqlite3")
