import pytest

from stories import services, tree
from stories.models import Signal
from tests.factories import PassageFactory, StoryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def branches(story):
    """opening -> left -> left_end, and opening -> right, which is shown."""
    opening = PassageFactory(story=story)
    left = PassageFactory(story=story, parent=opening)
    left_end = PassageFactory(story=story, parent=left)
    right = PassageFactory(story=story, parent=opening)
    return opening, left, left_end, right


def path(story):
    story.refresh_from_db()
    return tree.path(story=story).passages


def test_a_branch_is_entered_where_it_was_left(story, branches):
    opening, left, left_end, right = branches
    services.choose_passage(passage=left)
    assert path(story) == [opening, left, left_end]
    services.choose_passage(passage=right)
    assert path(story) == [opening, right]


def test_choosing_an_alternative_says_what_it_was_better_than(branches):
    _opening, left, _left_end, right = branches
    services.choose_passage(passage=left)
    signal = left.signals.get(kind=Signal.Kind.CHOICE)
    assert signal.over == right


def test_choosing_what_is_shown_says_nothing(branches):
    right = branches[-1]
    services.choose_passage(passage=right)
    assert not right.signals.exists()


def test_jumping_into_a_far_branch_leads_the_whole_path_there(story, branches):
    opening, left, left_end, _right = branches
    deep = PassageFactory(story=story, parent=left, lead_to_it=False)
    services.choose_passage(passage=deep)
    assert path(story) == [opening, left, deep]
    services.choose_passage(passage=left_end)
    assert path(story) == [opening, left, left_end]


def test_the_passages_of_a_path_know_their_alternatives(story, branches):
    opening, left, _left_end, right = branches
    shown = path(story)
    assert [(p.alternatives, p.position) for p in shown] == [(1, 1), (2, 2)]
    assert (shown[1].previous_id, shown[1].next_id) == (left.pk, None)
    assert (shown[0].previous_id, shown[0].next_id) == (None, None)


def test_the_map_shows_every_branch_and_which_is_read(story, branches):
    opening, left, left_end, right = branches
    story.refresh_from_db()
    rows = {row.id: row for row in tree.outline(story=story)}
    assert {pk for pk, row in rows.items() if row.on_path} == {opening.pk, right.pk}
    assert rows[left_end.pk].depth == 2 and rows[left_end.pk].parent_id == left.pk
    assert rows[opening.pk].label == "The river was high that spring."


def test_another_storys_passage_cannot_be_chosen(story, branches):
    theirs = PassageFactory(story=StoryFactory())
    services.choose_passage(passage=theirs)
    assert theirs not in path(story)
