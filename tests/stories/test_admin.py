import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stories.models import Signal
from tests.factories import PassageFactory, PersonFactory, StoryFactory
from users.models import Reveal, Role

SECRET = "The ice broke under me"
LISTS = ["story", "passage", "signal"]


@pytest.fixture
def page(client, db):
    owl = PersonFactory(role=Role.ADMIN, is_staff=True, is_superuser=True)
    client.force_login(owl)
    return client


def write(number):
    for _nth in range(number):
        story = StoryFactory(title=SECRET, note=SECRET)
        saw = [{"part": "path", "text": SECRET, "tokens": 5}]
        passage = PassageFactory(story=story, text=SECRET, direction=SECRET, saw=saw)
        Signal.objects.create(passage=passage, kind="down", reason=SECRET)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_database_equally_often_for_5_and_for_50_rows(
    page, name, django_assert_num_queries
):
    address = reverse(f"admin:stories_{name}_changelist")
    write(5)
    page.get(address)
    with CaptureQueriesContext(connection) as few:
        page.get(address)
    write(45)

    with django_assert_num_queries(len(few)):
        page.get(address)


@pytest.mark.parametrize("name", LISTS)
def test_no_word_is_seen_without_a_reason(page, name):
    write(1)
    shown = page.get(reverse(f"admin:stories_{name}_changelist"))
    row = shown.context["cl"].result_list[0]
    change = reverse(f"admin:stories_{name}_change", args=[row.pk])
    history = reverse(f"admin:stories_{name}_history", args=[row.pk])
    delete = reverse(f"admin:stories_{name}_delete", args=[row.pk])

    for answer in (shown, *map(page.get, (change, history, delete))):
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()

    reveal = reverse(f"admin:stories_{name}_reveal", args=[row.pk])
    answer = page.post(reveal, {"reason": "a teacher asked for help with it"})
    assert SECRET in answer.content.decode()
    assert Reveal.objects.get().subject == f"stories.{name} {row.pk}"


def test_a_storys_count_leads_to_its_passages(page):
    write(2)
    story = StoryFactory()
    PassageFactory.create_batch(3, story=story)

    link = f"{reverse('admin:stories_passage_changelist')}?story__id__exact={story.pk}"
    shown = page.get(reverse("admin:stories_story_changelist"))

    assert f'<a href="{link}">3</a>' in shown.content.decode()
    assert page.get(link).context["cl"].result_count == 3


def test_stories_are_found_by_their_persons_address(page):
    story = StoryFactory(owner=PersonFactory(email="wren@example.org"))
    write(1)

    listed = page.get(reverse("admin:stories_story_changelist"), {"q": "wren@"})

    assert list(listed.context["cl"].result_list) == [story]
