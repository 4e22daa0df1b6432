"""Opening a long story beside a short one: the same queries, about the same time."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import Client
from django.test.utils import (
    CaptureQueriesContext,
    setup_test_environment,
    teardown_test_environment,
)

from stories.models import Author, Mode, Passage, Status, Story
from users.models import User


@contextmanager
def own_database() -> Iterator[None]:
    """A database that nobody else sees and that is gone afterwards."""
    setup_test_environment(debug=False)
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()


def measure(*, short: int, long: int, rounds: int) -> dict[str, float]:
    person = User.objects.create_user(email="wren@example.org", password="x")
    client = Client()
    client.force_login(person)
    stories = {"short": long_story(person, short), "long": long_story(person, long)}
    pages = {name: f"/stories/{story.pk}/" for name, story in stories.items()}
    queries: dict[str, int] = {}
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for page in pages.values():
        client.get(page)  # warm: templates are read
    for name, page in pages.items():
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(page)
        assert answer.status_code == 200, answer
        queries[name] = len(captured)
    for _ in range(rounds):
        for name, page in pages.items():
            began = time.perf_counter()
            client.get(page)
            seconds[name].append(time.perf_counter() - began)
    ratios = [b / a for a, b in zip(seconds["short"], seconds["long"], strict=True)]
    return {
        "passages_short": short,
        "passages_long": long,
        "queries_short": queries["short"],
        "queries_long": queries["long"],
        "open_short_s": statistics.median(seconds["short"]),
        "open_long_s": statistics.median(seconds["long"]),
        "open_ratio": statistics.median(ratios),
    }


def long_story(person: User, passages: int) -> Story:
    """A person and the model took turns; every tenth passage has an alternative."""
    story = Story.objects.create(owner=person, title=f"{passages} passages")
    tip = None
    number = 0
    for turn in range(passages):
        for alternative in range(2 if turn % 10 == 9 else 1):
            number += 1
            last = Passage.objects.create(
                story=story,
                parent=tip,
                number=number,
                author=Author.PERSON if turn % 2 else Author.MODEL,
                mode=Mode.WRITE if turn % 2 else Mode.CONTINUE,
                status=Status.FINISHED,
                text=f"Passage {turn}.{alternative}: the river was high that spring.",
            )
        if tip:
            Passage.objects.filter(pk=tip.pk).update(chosen=last)
        tip = last
    story.tip = tip
    story.save()
    return story
