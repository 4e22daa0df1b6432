"""Which of two? Offered in a real browser, chosen with a key, told on the voice's page.

Heron has two versions; nobody else is asked.
"""

import re

import pytest
from playwright.sync_api import expect

from stories.bench.processes import manage
from tests.e2e.test_look import LOOKS, look_at

TWO_VERSIONS = """
from datetime import timedelta
from django.utils import timezone
from training.models import Adapter, Voice
from users.models import User
person = User.objects.get(email="{email}")
made = None
for number in (1, 2):
    made = Adapter.objects.create(person=person, number=number, model="echo",
        fingerprint="echo", after=made)
    made.folder.mkdir(parents=True, exist_ok=True)
Adapter.objects.filter(person=person).update(
    created_at=timezone.now() - timedelta(days=1))
Voice.objects.update_or_create(person=person, defaults=dict(learns=True, adapter=made))
"""
EVERY = 8


@pytest.fixture
def heron(house, open_desk, request):
    """A desk of someone new with two versions, in a window of the asked size."""
    number = iter(range(10))

    def open_as(**look):
        desk = open_desk(storage_state=None, **look)
        email = f"heron{next(number)}-{abs(hash(request.node.name))}@example.org"
        desk.sign_up(email)
        manage(house.env, "shell", "-c", TWO_VERSIONS.format(email=email))
        desk.quick_story("The heron")
        desk.write("The river was high.")
        return desk

    return open_as


def until_offered(desk):
    for _ in range(EVERY):
        desk.direct("[[end]]")
        desk.settled()
    bar = desk.page.locator("#blind")
    expect(bar).to_contain_text("Two versions of your voice could go on")
    return bar


@pytest.mark.parametrize("look", LOOKS)
def test_one_of_two_is_taken_with_a_key_and_counted(heron, look):
    desk = heron(**LOOKS[look])
    page = desk.page
    bar = until_offered(desk)
    look_at(desk, 24)
    count = desk.passages.count()
    bar.get_by_text("Show me two").click()
    dialog = page.locator("#blind-dialog[open]")
    expect(dialog.locator(".alternative")).to_have_count(2)
    expect(bar).to_contain_text("Two passages wait for your choice")
    desk.expect_count(count)
    look_at(desk, 24)
    told = dialog.locator(".passage-text").all_text_contents()
    assert told[0] != told[1]
    page.keyboard.press("2")
    expect(dialog).to_have_count(0)
    desk.expect_count(count + 1)
    assert desk.text == told[1]
    expect(bar).to_be_hidden()
    desk.go("/voice/")
    expect(page.get_by_text(re.compile("Of 1 blind choice between it"))).to_be_visible()
    look_at(desk, 24)


def test_closing_it_loses_nothing_and_neither_puts_both_away(heron):
    desk = heron()
    page = desk.page
    until_offered(desk).get_by_text("Show me two").click()
    dialog = page.locator("#blind-dialog[open]")
    expect(dialog.locator(".alternative")).to_have_count(2)
    page.keyboard.press("Escape")
    desk.reload()
    page.locator("#blind").get_by_text("Look at both").click()
    expect(dialog.locator(".alternative")).to_have_count(2)
    count = desk.passages.count()
    page.keyboard.press("0")
    expect(page.locator("#blind")).to_be_hidden()
    desk.expect_count(count)


def test_who_does_not_want_it_is_not_asked_again(heron):
    desk = heron()
    bar = until_offered(desk)
    bar.get_by_text("Never").click()
    expect(bar).to_be_hidden()
    desk.reload()
    desk.direct("[[end]]")
    desk.settled()
    expect(bar).to_be_hidden()
    desk.go("/voice/")
    expect(desk.page.locator("[name=blind]")).not_to_be_checked()
