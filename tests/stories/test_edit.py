import pytest

from stories import services, tree
from stories.models import Author, Signal, Status
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db


def test_an_edit_is_a_new_revision_and_what_follows_stays(story):
    passage = PassageFactory(story=story, text="Old.", author=Author.MODEL)
    after = PassageFactory(story=story)
    services.edit_passage(passage=passage, text="New.", was=0)
    passage.refresh_from_db()
    assert passage.text == "New." and passage.author == Author.MODEL
    assert passage.revision.number == 1
    kept = passage.revisions.values_list("number", "author", "text")
    assert list(kept) == [(0, "model", "Old."), (1, "person", "New.")]
    assert [p.pk for p in tree.path(story=story).passages] == [passage.pk, after.pk]


def test_an_edit_leaves_what_was_before_and_after_for_the_learning(story):
    passage = PassageFactory(story=story, text="Old.", author=Author.MODEL)
    services.edit_passage(passage=passage, text="New.", was=0)
    signal = passage.signals.get(kind=Signal.Kind.EDIT)
    assert (signal.before.text, signal.after.text) == ("Old.", "New.")


def test_the_second_of_two_editors_is_told_what_the_first_wrote(story):
    passage = PassageFactory(story=story, text="Old.")
    services.edit_passage(passage=passage, text="First.", was=0)
    with pytest.raises(services.Refused) as refused:
        services.edit_passage(passage=passage, text="Second.", was=0)
    assert refused.value.code == "conflict" and refused.value.text == "First."
    services.edit_passage(passage=passage, text="Second.", was=1)
    passage.refresh_from_db()
    assert passage.text == "Second." and passage.revision.number == 2


def test_saving_the_same_text_changes_nothing(story):
    passage = PassageFactory(story=story, text="Same.")
    services.edit_passage(passage=passage, text="Same.\n", was=5)
    assert not passage.revisions.exists() and story.version == 0


def test_a_passage_is_not_edited_while_it_is_written(story):
    passage = services.request_passage(story=story, mode="continue")
    with pytest.raises(services.Refused) as refused:
        services.edit_passage(passage=passage, text="Mine.", was=0)
    assert refused.value.code == "under_way"


def test_an_empty_text_is_refused_and_the_old_one_stays(story):
    passage = PassageFactory(story=story, text="Stays.")
    with pytest.raises(services.Refused):
        services.edit_passage(passage=passage, text="  \n", was=0)
    passage.refresh_from_db()
    assert passage.text == "Stays."


def test_an_interrupted_passage_that_was_edited_is_finished(story):
    passage = PassageFactory(
        story=story, author=Author.MODEL, status=Status.INTERRUPTED, text="Half a"
    )
    services.edit_passage(passage=passage, text="Half a page.", was=0)
    passage.refresh_from_db()
    assert passage.status == Status.FINISHED
    services.undo(story=story)
    passage.refresh_from_db()
    assert (passage.status, passage.text) == (Status.INTERRUPTED, "Half a")


@pytest.mark.django_db(transaction=True)
async def test_a_conflict_over_the_socket_carries_the_text_as_it_stands(
    editor, story, wren
):
    page, other = await editor(story, wren), await editor(story, wren)
    ack = await page.ask("passage.request", mode="write", text="Old.")
    edit = {"passage": ack["passage"], "was": 0}
    assert (await page.ask("passage.edit", text="One.", **edit))["type"] == "ack"
    error = await other.ask("passage.edit", text="Two.", **edit)
    assert (error["code"], error["text"]) == ("conflict", "One.")
    assert "story.changed" in [message["type"] for message in other.heard]
