import pytest

from stories import services, tree
from stories.models import Status
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db


def path(story):
    story.refresh_from_db()
    return [p.pk for p in tree.path(story=story).passages]


def test_deleting_the_last_passage_ends_the_path_before_it(story):
    first, last = PassageFactory(story=story), PassageFactory(story=story)
    services.delete_passage(passage=last)
    assert path(story) == [first.pk]


def test_deleting_the_only_passage_leaves_an_empty_story(story):
    services.delete_passage(passage=PassageFactory(story=story))
    assert path(story) == [] and tree.outline(story=story) == []


def test_what_follows_a_deleted_passage_is_hidden_with_it(story):
    first = PassageFactory(story=story)
    middle, last = PassageFactory(story=story), PassageFactory(story=story)
    services.delete_passage(passage=middle)
    assert path(story) == [first.pk]
    assert [row.id for row in tree.outline(story=story)] == [first.pk]
    with pytest.raises(services.Refused):
        services.choose_passage(passage=last)


def test_the_path_goes_on_with_the_nearest_alternative(story):
    first = PassageFactory(story=story)
    left = PassageFactory(story=story, parent=first)
    left_end = PassageFactory(story=story, parent=left)
    right = PassageFactory(story=story, parent=first)
    PassageFactory(story=story, parent=first, lead_to_it=False)
    services.delete_passage(passage=right)
    assert path(story) == [first.pk, left.pk, left_end.pk]


def test_deleting_off_the_path_leaves_the_path(story):
    first = PassageFactory(story=story)
    other = PassageFactory(story=story, parent=first)
    shown = PassageFactory(story=story, parent=first)
    services.delete_passage(passage=other)
    assert path(story) == [first.pk, shown.pk]


def test_deleting_twice_is_deleting_once(story):
    passage = PassageFactory(story=story)
    services.delete_passage(passage=passage)
    services.delete_passage(passage=passage)
    assert story.changes.count() == 1


def test_deleting_what_is_being_written_stops_it(story):
    passage = services.request_passage(story=story, mode="continue")
    services.delete_passage(passage=passage)
    passage.refresh_from_db()
    assert passage.status == Status.STOPPED


def test_nothing_is_asked_for_behind_a_deleted_passage(story):
    first, second, third, fourth = (PassageFactory(story=story) for _ in range(4))
    services.delete_passage(passage=second)
    for ask in (
        lambda: services.request_passage(story=story, mode="continue", parent=third),
        lambda: services.retry_passage(passage=fourth),
        lambda: services.more_alternatives(passage=fourth),
    ):
        with pytest.raises(services.Refused) as refused:
            ask()
        assert refused.value.code == "gone"
    story.refresh_from_db()
    assert story.tip == first


def test_a_deletion_is_undone(story):
    first, last = PassageFactory(story=story), PassageFactory(story=story)
    services.delete_passage(passage=first)
    assert path(story) == []
    services.undo(story=story)
    assert path(story) == [first.pk, last.pk]
