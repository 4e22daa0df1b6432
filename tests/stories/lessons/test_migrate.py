"""What pupils wrote before there was an editor for them is still there."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from stories import tree
from stories.models import Story
from tests.factories import TaleFactory

BEFORE = ("stories", "0006_your_turn")
PIECES = [
    ("pupil", False, "Then the owl came.", "ready", []),
    ("model", False, "It was late.", "ready", []),
    ("pupil", True, "I want to die.", "ready", [{"rule": "crisis", "word": ""}]),
    ("model", False, "", "failed", []),
    ("pupil", False, "The end.", "ready", []),
]


def to(*places):
    executor = MigrationExecutor(connection)
    executor.migrate(list(places))
    return executor.loader.project_state(list(places)).apps


def newest():
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


@pytest.mark.django_db(transaction=True)
def test_pieces_become_stories_and_nothing_is_lost(mira, lesson):
    tale = TaleFactory(lesson=lesson, pupil=mira)
    try:
        apps = to(BEFORE)
        reading = apps.get_model("stories", "Reading").objects.create(
            tale_id=tale.pk, pupil_id=mira.pk, opened_at=timezone.now()
        )
        for by, own, text, made, flags in PIECES:
            apps.get_model("stories", "Turn").objects.create(
                reading=reading, by=by, own=own, text=text, made=made, flags=flags
            )
    finally:
        to(*newest())  # and so the other tests find the tables they know

    on, own = Story.objects.order_by("turn__own")
    assert [on.owner_id, own.owner_id] == [mira.account_id] * 2
    assert [(p.author, p.text, p.status) for p in tree.whole_path(story=on)] == [
        ("person", "Then the owl came.", "finished"),
        ("model", "It was late.", "finished"),
        ("model", "", "failed"),
        ("person", "The end.", "finished"),
    ]
    (piece,) = tree.whole_path(story=own)
    assert piece.text == "I want to die." and piece.care and piece.never_train
