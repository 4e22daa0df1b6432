import pytest

from stories import services, tree
from stories.models import Author, Mode, Signal, Status
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db


def test_a_retry_is_a_sibling_that_remembers_what_it_replaced(story):
    opening = PassageFactory(story=story)
    old = PassageFactory(story=story, author=Author.MODEL)
    after = PassageFactory(story=story)
    new = services.retry_passage(passage=old)
    assert (new.parent, new.replaces, new.mode) == (opening, old, Mode.CONTINUE)
    assert [p.pk for p in tree.path(story=story).passages] == [opening.pk, new.pk]
    after.refresh_from_db()
    assert after.parent == old and after.deleted_at is None
    signal = new.signals.get()
    assert (signal.kind, signal.over) == (Signal.Kind.RETRY, old)


def test_a_retry_may_carry_an_instruction(story):
    old = PassageFactory(story=story, author=Author.MODEL)
    new = services.retry_passage(passage=old, direction="Sadder, please.")
    assert new.mode == Mode.DIRECT and new.direction == "Sadder, please."


def test_a_directed_passage_is_retried_with_its_direction(story):
    old = PassageFactory(
        story=story, author=Author.MODEL, mode=Mode.DIRECT, direction="Rain."
    )
    assert services.retry_passage(passage=old).direction == "Rain."


def test_a_retry_draws_with_another_seed(story):
    old = services.request_passage(story=story, mode="continue")
    assert services.retry_passage(passage=old).seed != old.seed


def test_retrying_what_is_still_written_stops_it(story):
    old = services.request_passage(story=story, mode="continue")
    services.retry_passage(passage=old)
    old.refresh_from_db()
    assert old.status == Status.STOPPED


def test_a_failed_passage_can_be_tried_again(story):
    failed = PassageFactory(
        story=story, author=Author.MODEL, status=Status.FAILED, text=""
    )
    assert services.retry_passage(passage=failed).status == Status.QUEUED


def test_a_deleted_passage_cannot_be_tried_again(story):
    old = PassageFactory(story=story)
    services.delete_passage(passage=old)
    with pytest.raises(services.Refused):
        services.retry_passage(passage=old)


@pytest.mark.django_db(transaction=True)
async def test_a_retry_streams_in_its_place(editor, story, wren):
    page = await editor(story, wren)
    first = await page.ask("passage.request", mode="continue")
    await page.until("passage.finished")
    key = "7f6f1f0a-0000-4000-8000-000000000002"
    second = await page.ask("passage.retry", passage=first["passage"], key=key)
    again = await page.ask("passage.retry", passage=first["passage"], key=key)
    assert second["passage"] == again["passage"] != first["passage"]
    await page.until("passage.finished", passage=second["passage"])
    assert await story.passages.acount() == 2
