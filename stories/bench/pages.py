"""How long a page of a long story takes, against the same page of a short one."""

import statistics
import time

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from stories.models import Author, Mode, Passage, Story

PAGES = ["editor", "path", "map", "settings"]


def thread(story: Story, length: int) -> list[Passage]:
    """A path without branches, as an import would store it."""
    passages = Passage.objects.bulk_create(
        Passage(
            story=story,
            number=number,
            author=Author.MODEL if number % 2 else Author.PERSON,
            mode=Mode.CONTINUE if number % 2 else Mode.WRITE,
            text=f"Passage {number}. " + "The river went on. " * 12,
        )
        for number in range(1, length + 1)
    )
    for before, after in zip(passages, passages[1:], strict=False):
        after.parent = before
        before.chosen = after
    Passage.objects.bulk_update(passages, ["parent", "chosen"], batch_size=500)
    story.tip = passages[-1]
    story.save()
    return passages


def measure(short: int, long: int, rounds: int) -> dict[str, dict[str, float]]:
    """Median milliseconds of both, taken in turns, and their ratio."""
    person = get_user_model().objects.create_user("bench@example.org")
    stories = {}
    for length in (short, long):
        stories[length] = Story.objects.create(owner=person)
        thread(stories[length], length)
    browser = Client()
    browser.force_login(person)
    measured = {}
    for page in PAGES:
        times: dict[int, list[float]] = {short: [], long: []}
        for _ in range(rounds):
            for length, story in stories.items():
                times[length].append(_seconds(browser, page, story))
        few, many = (statistics.median(times[n]) * 1000 for n in (short, long))
        measured[page] = {
            f"{short} passages": round(few, 1),
            f"{long} passages": round(many, 1),
            "ratio": round(many / few, 2),
        }
    return measured


def _seconds(browser: Client, page: str, story: Story) -> float:
    began = time.perf_counter()
    answer = browser.get(reverse(f"stories:{page}", args=[story.pk]))
    assert answer.status_code == 200, answer.status_code
    return time.perf_counter() - began
