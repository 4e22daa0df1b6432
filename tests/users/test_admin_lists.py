import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import ExperienceFactory, ProfileFactory, StoryFactory
from users.models import Reveal, User

LISTS = ["user", "experience", "profile", "reveal"]


@pytest.fixture
def page(client, owl):
    client.force_login(owl)
    return client


def fill(number, owl):
    for profile in ProfileFactory.create_batch(number):
        person = profile.person
        StoryFactory.create_batch(2, owner=person)
        ExperienceFactory.create_batch(3, person=person)
        Reveal.objects.create(admin=owl, person=person, subject="x", reason="y")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_database_equally_often_for_5_and_for_50_rows(
    page, owl, name, django_assert_num_queries
):
    address = reverse(f"admin:users_{name}_changelist")
    fill(5, owl)
    page.get(address)
    with CaptureQueriesContext(connection) as few:
        page.get(address)
    fill(45, owl)

    with django_assert_num_queries(len(few)):
        page.get(address)


def test_people_are_found_by_address_and_name(page, wren, crow):
    address = reverse("admin:users_user_changelist")

    for words in ("wren@example", "Wren"):
        found = page.get(address, {"q": words}).context["cl"].result_list
        assert [person.email for person in found] == ["wren@example.org"]


def test_people_are_filtered_by_role(page, wren, robin):
    listed = page.get(
        reverse("admin:users_user_changelist"), {"role__exact": "teacher"}
    )

    assert [person.email for person in listed.context["cl"].result_list] == [
        robin.email
    ]


def test_counts_lead_to_that_persons_things(page, wren, crow):
    StoryFactory.create_batch(2, owner=wren)
    ExperienceFactory.create_batch(3, person=wren)
    ExperienceFactory(person=crow)

    shown = page.get(reverse("admin:users_user_changelist"), {"q": "wren"})

    stories = f"{reverse('admin:stories_story_changelist')}?owner__id__exact={wren.pk}"
    told = f"{reverse('admin:users_experience_changelist')}?person__id__exact={wren.pk}"
    assert f'<a href="{stories}">2</a>' in shown.content.decode()
    assert f'<a href="{told}">3</a>' in shown.content.decode()
    assert page.get(told).context["cl"].result_count == 3
    assert page.get(stories).context["cl"].result_count == 2


def test_an_admin_adds_an_account(page):
    page.post(
        reverse("admin:users_user_add"),
        {
            "email": "Finch@Example.org",
            "first_name": "Finch",
            "usable_password": "true",
            "password1": "a long and quiet river",
            "password2": "a long and quiet river",
        },
    )

    finch = User.objects.get(email="finch@example.org")
    page.logout()
    response = page.post(
        reverse("account_login"),
        {"login": finch.email, "password": "a long and quiet river"},
    )
    assert response.status_code == 302


def test_a_password_set_by_an_admin_logs_the_person_out(page, wren):
    theirs = Client()
    theirs.force_login(wren)
    address = reverse("admin:auth_user_password_change", args=[wren.pk])

    page.post(
        address,
        {
            "usable_password": "true",
            "password1": "another quiet river",
            "password2": "another quiet river",
        },
    )

    wren.refresh_from_db()
    assert wren.check_password("another quiet river")
    assert theirs.get(reverse("users:profile")).status_code == 302


def test_every_admin_page_opens(page, owl, wren):
    fill(1, owl)
    for name in LISTS:
        row = page.get(reverse(f"admin:users_{name}_changelist")).context["cl"]
        address = reverse(f"admin:users_{name}_change", args=[row.result_list[0].pk])
        assert page.get(address).status_code == 200, address
    assert page.get(reverse("admin:users_user_add")).status_code == 200
    assert page.get(reverse("admin:admin_logentry_changelist")).status_code == 200
