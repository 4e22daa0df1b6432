import random

import pytest

from stories import services, tree
from stories.models import Passage, Status
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db


def look(story):
    """Everything undo and redo must bring back."""
    story.refresh_from_db()
    settings = [getattr(story, name) for name in ("title", "tone", "note", "length")]
    path = [p.pk for p in tree.path(story=story, limit=1000).passages]
    kept = story.passages.kept().order_by("pk")
    return settings, path, list(kept.values_list("pk", "text", "chosen", "revision"))


def test_what_was_added_goes_and_comes_back(story):
    before = look(story)
    services.request_passage(story=story, mode="write", text="New.")
    after = look(story)
    services.undo(story=story)
    assert look(story) == before
    services.redo(story=story)
    assert look(story) == after


def test_an_edit_goes_and_comes_back_with_its_text(story):
    passage = PassageFactory(story=story, text="Old.")
    services.edit_passage(passage=passage, text="New.", was=0)
    services.edit_passage(passage=passage, text="Newer.", was=1)
    services.undo(story=story)
    passage.refresh_from_db()
    assert (passage.text, passage.revision.number) == ("New.", 1)
    services.undo(story=story)
    passage.refresh_from_db()
    assert (passage.text, passage.revision) == ("Old.", None)
    services.redo(story=story)
    services.redo(story=story)
    passage.refresh_from_db()
    assert (passage.text, passage.revision.number) == ("Newer.", 2)


def test_settings_are_undone_too(story):
    services.change_settings(story=story, values={"tone": "sad", "title": "Rain"})
    services.undo(story=story)
    assert (story.tone, story.title) == ("", "The river")


def test_something_new_drops_what_was_undone(story):
    services.request_passage(story=story, mode="write", text="One.")
    services.undo(story=story)
    services.request_passage(story=story, mode="write", text="Two.")
    with pytest.raises(services.Refused) as refused:
        services.redo(story=story)
    assert refused.value.code == "nothing"


def test_there_may_be_nothing_to_undo(story):
    with pytest.raises(services.Refused):
        services.undo(story=story)


def test_history_says_what_would_be_undone(story):
    passage = PassageFactory(story=story)
    assert services.history(story=story) == services.History(False, False, "", "")
    services.edit_passage(passage=passage, text="New.", was=0)
    services.delete_passage(passage=passage)
    assert services.history(story=story).undo_label == "deleting"
    services.undo(story=story)
    history = services.history(story=story)
    assert (history.undo_label, history.redo_label) == ("editing", "deleting")


def test_undoing_a_request_stops_its_writing(story):
    passage = services.request_passage(story=story, mode="continue")
    services.undo(story=story)
    passage.refresh_from_db()
    assert passage.status == Status.STOPPED and passage.deleted_at
    services.redo(story=story)
    passage.refresh_from_db()
    assert passage.deleted_at is None


def test_a_change_holds_no_story_text(story):
    passage = PassageFactory(story=story, text="A secret garden.")
    services.edit_passage(passage=passage, text="A secret meadow.", was=0)
    services.delete_passage(passage=passage)
    assert "secret" not in str(list(story.changes.values_list("fields", flat=True)))


@pytest.mark.parametrize("seed", range(2))
def test_a_long_walk_is_undone_to_the_beginning_and_redone_to_the_end(story, seed):
    dice = random.Random(seed)
    PassageFactory(story=story, text="The beginning.")
    beginning = look(story)
    for step in range(200):
        take_a_step(story, dice, step)
    while services.history(story=story).can_redo:
        services.redo(story=story)
    end = look(story)
    while services.history(story=story).can_undo:
        services.undo(story=story)
    assert look(story) == beginning
    while services.history(story=story).can_redo:
        services.redo(story=story)
    assert look(story) == end
    for _ in range(30):
        forth = services.history(story=story).can_redo and dice.random() < 0.4
        (services.redo if forth else services.undo)(story=story)
    while services.history(story=story).can_redo:
        services.redo(story=story)
    assert look(story) == end


def take_a_step(story, dice, step):
    """One random thing a person may do; what cannot be is refused."""
    passages = list(story.passages.all())
    passage = dice.choice(passages)
    verb = dice.choice(
        ["write", "branch", "continue", "retry", "more", "edit", "edit", "delete",
         "choose", "choose", "settings", "undo", "undo", "redo"]
    )  # fmt: skip
    try:
        match verb:
            case "write":
                services.request_passage(story=story, mode="write", text=f"No {step}.")
            case "branch":
                services.request_passage(
                    story=story, mode="write", text=f"Branch {step}.", parent=passage
                )
            case "continue":
                services.request_passage(story=story, mode="continue")
            case "retry":
                services.retry_passage(passage=passage)
            case "more":
                services.more_alternatives(passage=passage, count=2)
            case "edit":
                was = passage.revision.number if passage.revision else 0
                services.edit_passage(passage=passage, text=f"Edit {step}.", was=was)
            case "delete":
                services.delete_passage(passage=passage)
            case "choose":
                services.choose_passage(passage=passage)
            case "settings":
                services.change_settings(story=story, values={"note": f"Note {step}"})
            case "undo":
                services.undo(story=story)
            case "redo":
                services.redo(story=story)
    except services.Refused:
        pass
    # As if every writer were quick: whoever is queued has its text.
    for queued in Passage.objects.filter(story=story, status=Status.QUEUED):
        queued.text, queued.status = f"Model {queued.pk}.", Status.FINISHED
        queued.save(update_fields=["text", "status"])
