import pytest

from stories.models import Author, Mode, Status

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_continued_passage_streams_in_and_is_saved(editor, story, wren):
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="continue")
    finished = await page.until("passage.finished")
    assert finished["passage"] == ack["passage"]
    passage = await story.passages.aget()
    assert passage.text == finished["text"] != ""
    assert passage.status == Status.FINISHED
    assert (passage.author, passage.mode) == (Author.MODEL, Mode.CONTINUE)
