import json

import pytest
from django.urls import reverse

from tests.factories import ExperienceFactory, PassageFactory
from tests.users.test_log_in import log_in
from users import services


@pytest.fixture
def archive(client, wren, crow, story):
    """Wren's file, as her browser gets it."""
    ExperienceFactory(person=wren, what="The ice broke under me", consent="never")
    ExperienceFactory(person=crow, what="a secret of crow")
    PassageFactory(story=story, text="The river was high.")
    services.add_value(person=wren, value="courage")
    log_in(client)
    response = client.post(reverse("users:download"))
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    return json.loads(response.content)


def test_the_file_holds_what_a_person_told_and_wrote(archive):
    assert archive["users.experience"][0]["what"] == "The ice broke under me"
    assert archive["users.profile"][0]["values"] == ["courage"]
    assert archive["users.user"][0]["email"] == "wren@example.org"
    assert archive["stories.story"][0]["title"] == "The river"
    assert archive["stories.passage"][0]["text"] == "The river was high."


def test_the_file_holds_nothing_of_anyone_else(archive):
    assert "crow" not in json.dumps(archive)


def test_the_file_holds_no_secret(archive, wren, client):
    text = json.dumps(archive)

    assert wren.password not in text
    assert client.session.session_key not in text


def test_a_link_alone_downloads_nothing(client, wren):
    client.force_login(wren)

    assert client.get(reverse("users:download")).status_code == 405


def test_a_stranger_gets_no_file(client, db):
    response = client.post(reverse("users:download"))

    assert response.url.startswith(reverse("account_login"))
