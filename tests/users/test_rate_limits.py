"""A school is one address: one account's wrong guesses must not stop a class."""

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import PersonFactory
from tests.users.test_log_in import log_in

SCHOOL, ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}, {"REMOTE_ADDR": "198.51.100.9"}


def got_in(response) -> bool:
    return response.status_code == 302


def test_a_class_logs_in_although_one_of_them_fails_ten_times(wren):
    pupils = PersonFactory.create_batch(34)
    for _try in range(10):
        assert not got_in(log_in(Client(), password="wrong", **SCHOOL))

    assert all(got_in(log_in(Client(), email=p.email, **SCHOOL)) for p in pupils)


def test_guessing_one_account_is_stopped_with_a_sentence(wren):
    for _try in range(10):
        log_in(Client(), password="wrong", **SCHOOL)

    response = log_in(Client(), **SCHOOL)

    assert not got_in(response)
    assert "Wait five minutes" in response.context["form"].non_field_errors()[0]


def test_a_stranger_cannot_lock_a_person_out_of_their_account(wren):
    for _try in range(12):
        log_in(Client(), password="wrong", **ELSEWHERE)

    assert got_in(log_in(Client(), **SCHOOL))


def test_the_address_is_what_the_proxy_saw_not_what_the_visitor_claims(wren, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for claimed in range(12):
        forwarded = f"192.0.2.{claimed}, 203.0.113.7"
        log_in(Client(), password="wrong", HTTP_X_FORWARDED_FOR=forwarded)

    response = log_in(Client(), HTTP_X_FORWARDED_FOR="192.0.2.99, 203.0.113.7")

    assert not got_in(response)


def test_a_flood_gets_a_page_that_says_to_wait(client, db):
    limit = int(settings.ACCOUNT_RATE_LIMITS["reset_password_from_key"].split("/")[0])
    address = reverse("account_reset_password_from_key", args=["1", "set-password"])
    responses = [client.post(address, {}) for _try in range(limit + 1)]

    assert responses[-1].status_code == 429
    assert "Wait a minute" in responses[-1].content.decode()


def test_guesses_are_remembered_however_busy_the_others_are(wren):
    for _try in range(10):
        log_in(Client(), password="wrong", **SCHOOL)
    cache.set_many({f"something-else-{n}": n for n in range(5000)})

    assert not got_in(log_in(Client(), **SCHOOL))
