import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stories import services, tree
from stories.models import Passage, Story
from tests.factories import PassageFactory, StoryFactory

pytestmark = pytest.mark.django_db


def long_story(wren, length):
    """A path of many passages, with an alternative beside each tenth."""
    story = StoryFactory(owner=wren)
    rows = [
        Passage(story=story, number=n, author="person", mode="write", text=f"No {n}.")
        for n in range(1, length + 1)
    ]
    made = Passage.objects.bulk_create(rows)
    for before, after in zip(made, made[1:], strict=False):
        after.parent, before.chosen = before, after
    Passage.objects.bulk_update(made, ["parent", "chosen"], 200)
    Passage.objects.bulk_create(
        Passage(
            story=story, number=length + n, parent=made[n], author="model",
            mode="continue", text="Or so.",
        )
        for n in range(1, length - 1, 10)
    )  # fmt: skip
    Story.objects.filter(pk=story.pk).update(tip=made[-1])
    story.refresh_from_db()
    return story


def queries(function):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        function()
    return len(captured)


def test_the_queries_of_a_long_story_are_those_of_a_short_one(wren):
    short, long = long_story(wren, 20), long_story(wren, 2000)

    def reading(story):
        return [
            queries(lambda: tree.path(story=story)),
            queries(lambda: tree.outline(story=story)),
            queries(lambda: tree.alternatives(passage=story.tip)),
            queries(lambda: tree.tail(passage=story.tip, limit=50)),
            queries(lambda: services.history(story=story)),
            queries(
                lambda: services.request_passage(story=story, mode="write", text="On.")
            ),
        ]

    assert reading(long) == reading(short)
    assert reading(short)[0] <= 5 and reading(short)[1] == 1


def test_a_path_is_read_in_parts_from_its_end(wren):
    story = long_story(wren, 70)
    last = tree.path(story=story, limit=30)
    assert [p.text for p in last.passages] == [f"No {n}." for n in range(41, 71)]
    assert last.has_more
    before = tree.path(story=story, limit=30, before=last.passages[0])
    assert [p.text for p in before.passages] == [f"No {n}." for n in range(11, 41)]
    first = tree.path(story=story, limit=30, before=before.passages[0])
    assert [p.text for p in first.passages] == [f"No {n}." for n in range(1, 11)]
    assert not first.has_more


def test_the_whole_path_of_a_very_long_story_can_be_read(wren):
    story = long_story(wren, 2000)
    assert len(tree.whole_path(story=story)) == 2000
    assert len(tree.outline(story=story)) > 2000


def test_an_empty_story_has_an_empty_path(story):
    assert tree.path(story=story) == tree.Path([], has_more=False)
    assert tree.outline(story=story) == []


def test_the_first_passages_are_each_others_alternatives(story):
    one = PassageFactory(story=story, parent=None)
    two = PassageFactory(story=story, parent=None)
    PassageFactory(story=StoryFactory(), parent=None)
    assert tree.alternatives(passage=one) == [one, two]
    shown = tree.path(story=story).passages[0]
    assert (shown.position, shown.alternatives) == (2, 2)


def test_first_words_are_cut_between_words():
    assert tree.first_words("Short\n text.") == "Short text."
    assert tree.first_words("word " * 30) == "word " * 11 + "word…"


def test_stories_are_found_by_title_and_by_what_is_told(wren, story):
    PassageFactory(story=story, text="A heron stood in the Reeds.")
    gone = PassageFactory(story=story, text="A deleted crocodile.")
    services.delete_passage(passage=gone)
    StoryFactory(owner=wren, title="Elsewhere")
    found = Story.objects.owned_by(wren).matching
    assert list(found("RIVER")) == [story] == list(found("reeds"))
    assert not found("crocodile").exists()
