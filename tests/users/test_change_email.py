from django.test import Client
from django.urls import reverse

from tests.factories import PersonFactory
from tests.users.test_log_in import log_in
from tests.users.test_reset_password import link_in

PAGE = "account_email"


def ask(client, email="wren@new.example.org"):
    return client.post(reverse(PAGE), {"email": email, "action_add": ""})


def test_the_old_address_works_until_the_new_one_is_proved(client, wren, mailoutbox):
    log_in(client)

    ask(client)

    assert log_in(Client()).status_code == 302
    assert "waits to be confirmed" in client.get(reverse(PAGE)).content.decode()
    assert mailoutbox[0].to == ["wren@new.example.org"]


def test_the_link_in_the_letter_makes_the_change(client, wren, mailoutbox):
    log_in(client)
    ask(client)

    client.post(link_in(mailoutbox[0]))

    wren.refresh_from_db()
    assert wren.email == "wren@new.example.org"
    assert log_in(Client(), email="wren@new.example.org").status_code == 302
    assert log_in(Client()).status_code == 200


def test_a_change_can_be_forgotten(client, wren, mailoutbox):
    log_in(client)
    ask(client)

    client.post(reverse(PAGE), {"email": "wren@new.example.org", "action_remove": ""})

    assert "waits" not in client.get(reverse(PAGE)).content.decode()
    assert log_in(Client()).status_code == 302


def test_someone_elses_address_is_not_given_away(client, wren, mailoutbox):
    crow = PersonFactory(email="crow@example.org")
    log_in(Client(), email=crow.email)
    log_in(client)

    ask(client, email="crow@example.org")
    for letter in mailoutbox:
        client.post(link_in(letter))

    wren.refresh_from_db()
    assert wren.email == "wren@example.org"
