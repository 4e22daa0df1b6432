"""Help is shown beside the words of someone in danger; nothing else changes."""

import pytest

from stories import services
from stories.models import Status
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db

DANGER = "I don’t want to live anymore"


def marks(passage):
    passage.refresh_from_db()
    return passage.care, passage.never_train


def test_written_words_are_kept_and_marked(story):
    passage = services.request_passage(story=story, mode="write", text=DANGER)
    assert passage.text == DANGER
    assert marks(passage) == (True, True)


def test_a_direction_is_followed_and_marked(story):
    passage = services.request_passage(story=story, mode="direct", text=DANGER)
    assert passage.status == Status.QUEUED
    assert marks(passage) == (True, True)


def test_an_edit_and_a_retry_are_screened_too(story):
    passage = PassageFactory(story=story)
    services.edit_passage(passage=passage, text=DANGER, was=0)
    assert marks(passage) == (True, True)
    assert marks(services.retry_passage(passage=passage, direction="我不想活了")) == (
        True,
        True,
    )


def test_the_mark_stays_when_the_words_are_edited_away(story):
    passage = services.request_passage(story=story, mode="write", text=DANGER)
    services.edit_passage(passage=passage, text="The sun came out.", was=0)
    assert marks(passage) == (True, True)


def test_ordinary_words_are_not_marked(story):
    passage = services.request_passage(
        story=story, mode="write", text="The villain wants to kill everyone."
    )
    assert marks(passage) == (False, False)


@pytest.mark.django_db(transaction=True)
async def test_help_is_offered_right_after_the_words_even_with_no_model(
    editor, story, wren, settings
):
    settings.STORYLOOM_MODEL = "/no/such/model"
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="write", text=DANGER)
    care = await page.until("care")
    assert care["passage"] == ack["passage"]
