import pytest
from django.urls import reverse

from users.models import Role, User

pytestmark = pytest.mark.django_db

SIGN_UP = {
    "first_name": "Wren",
    "email": "wren@example.org",
    "password1": "a quiet river 7",
}


def sign_up(client, **changes):
    return client.post(reverse("account_signup"), {**SIGN_UP, **changes})


def test_a_new_person_is_logged_in_and_led_to_the_first_step(client):
    response = sign_up(client)

    assert response.url == reverse("users:experiences")
    assert client.get(response.url).context["user"].called == "Wren"


def test_a_name_is_optional(client):
    sign_up(client, first_name="")

    assert User.objects.get().called == "wren"


def test_capitals_in_an_address_do_not_make_another_account(client):
    sign_up(client, email="Wren@Example.org")
    client.logout()
    response = sign_up(client, email="WREN@example.org")

    assert "exists" in response.content.decode()
    assert [person.email for person in User.objects.all()] == ["wren@example.org"]


@pytest.mark.parametrize("password", ["", "short", "password", "wren@example.org"])
def test_a_weak_password_is_refused_with_a_sentence(client, password):
    response = sign_up(client, password1=password)

    assert response.status_code == 200
    assert response.context["form"].errors["password1"]
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x" * 300 + "@example.org"])
def test_a_wrong_address_is_refused_with_a_sentence(client, email):
    response = sign_up(client, email=email)

    assert response.context["form"].errors["email"]
    assert not User.objects.exists()


def test_nobody_can_sign_up_as_more_than_a_writer(client):
    sign_up(client, role="admin", is_staff="on", is_superuser="on")

    person = User.objects.get()
    assert (person.role, person.is_staff, person.is_superuser) == (
        Role.WRITER,
        False,
        False,
    )


def test_with_letters_signing_up_never_tells_who_has_an_account(
    client, wren, settings, mailoutbox
):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

    known = sign_up(client)
    unknown = sign_up(client, email="nobody@example.org")

    assert known.status_code == unknown.status_code == 302
    assert known.url == unknown.url == reverse("account_email_verification_sent")
    assert [letter.to for letter in mailoutbox] == [
        ["wren@example.org"],
        ["nobody@example.org"],
    ]
    assert "one exists" in mailoutbox[0].body


def test_with_letters_the_account_opens_when_the_address_is_proved(
    client, settings, mailoutbox
):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    sign_up(client)
    assert client.get(reverse("users:profile")).status_code == 302

    link = next(w for w in mailoutbox[0].body.split() if w.startswith("http"))
    assert client.get(link).status_code == 200
    client.post(link)

    response = client.post(
        reverse("account_login"),
        {"login": "wren@example.org", "password": "a quiet river 7"},
    )
    assert response.status_code == 302
    assert client.get(reverse("users:profile")).status_code == 200
