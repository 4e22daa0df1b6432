import pytest
from django.urls import reverse

from tests.factories import PersonFactory

PASSWORD = "a long and quiet river"


def log_in(client, email="wren@example.org", password=PASSWORD, **headers):
    form = {"login": email, "password": password}
    return client.post(reverse("account_login"), form, **headers)


def test_a_person_logs_in_with_their_address_in_any_case(client, wren):
    response = log_in(client, email="Wren@Example.ORG")

    assert response.url == reverse("stories:library")


def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(client, wren):
    wrong = log_in(client, password="wrong")
    unknown = log_in(client, email="nobody@example.org")

    said = wrong.context["form"].non_field_errors()
    assert said == unknown.context["form"].non_field_errors()
    assert "do not belong together" in said[0]


def test_someone_switched_off_is_told_so_and_stays_out(client, db):
    PersonFactory(email="wren@example.org", is_active=False)

    response = log_in(client)

    assert response.url == reverse("account_inactive")
    assert "switched off" in client.get(response.url).content.decode()
    assert client.get(reverse("users:profile")).status_code == 302


def test_a_person_comes_back_to_the_page_they_asked_for(client, wren):
    asked = reverse("users:values")
    door = client.get(asked).url

    response = client.post(door, {"login": wren.email, "password": PASSWORD})

    assert response.url == asked


def test_nobody_is_sent_to_another_site_after_logging_in(client, wren):
    door = reverse("account_login") + "?next=https://example.com/"

    response = client.post(door, {"login": wren.email, "password": PASSWORD})

    assert response.url == reverse("stories:library")


def test_the_admin_pages_use_the_same_door(client, db):
    response = client.get(reverse("admin:index"), follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_a_writer_cannot_open_the_admin_pages(client, wren):
    client.force_login(wren)

    assert client.get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.parametrize(
    "name", ["profile", "experiences", "values", "tone", "account"]
)
def test_a_stranger_is_asked_to_log_in(client, db, name):
    assert client.get(reverse(f"users:{name}")).url.startswith(reverse("account_login"))
