"""A planted sentence is written, directed, edited, refused and failed on; and then
looked for where nobody's words belong."""

import logging

import pytest

from stories import services, writing
from stories.models import Status
from tests.factories import ExperienceFactory, PassageFactory
from training.engine import EngineError
from training.services import engine

SECRET = "The heron kept my plantedsecret in its beak"


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def said(log):
    """All that was logged, as the plainest of handlers would write it."""
    plain = logging.Formatter()
    return "\n".join(plain.format(record) for record in log.records)


@pytest.mark.django_db(transaction=True)
async def test_no_words_reach_the_log_from_the_socket(editor, story, wren, log):
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="write", text=SECRET)
    passage = ack["passage"]
    await page.ask("passage.edit", passage=passage, text=SECRET + " twice", was=0)
    await page.ask("passage.edit", passage=passage, text=SECRET + " thrice", was=0)
    await page.ask("story.set", field="title", value=SECRET)
    await page.ask("story.set", field="tone", value=SECRET)
    await page.ask("passage.feedback", passage=passage, kind=SECRET)
    await page.ask("passage.request", mode=SECRET)
    await page.send_text(SECRET)
    direct = await page.ask("passage.request", mode="direct", text=SECRET + " [[fail]]")
    await page.until("passage.finished", passage=direct["passage"])
    assert "plantedsecret" not in said(log)


class Broken(RuntimeError):
    pass


@pytest.mark.django_db
@pytest.mark.parametrize("error", [EngineError, Broken, MemoryError])
def test_no_words_reach_the_log_from_a_failing_engine(
    story, wren, log, monkeypatch, error
):
    def fail(self, prompt, sampling, adapters=()):
        yield from ()
        raise error(f"cannot do this: {prompt}")

    monkeypatch.setattr(type(engine()), "generate", fail)
    ExperienceFactory(person=wren, what=SECRET)
    passage = services.request_passage(story=story, mode="direct", text=SECRET)
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.status == Status.FAILED and passage.error
    assert "plantedsecret" not in said(log)


@pytest.mark.django_db
def test_a_task_is_given_an_id_and_nothing_else(
    story, monkeypatch, django_capture_on_commit_callbacks
):
    from stories import tasks

    given = []
    monkeypatch.setattr(tasks.write_passage, "delay", lambda *args: given.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        passage = services.request_passage(story=story, mode="direct", text=SECRET)
    assert given == [(passage.pk,)]


@pytest.mark.django_db
def test_no_words_are_in_names_or_refusals(story):
    passage = PassageFactory(story=story, text=SECRET)
    story.title = SECRET
    assert "plantedsecret" not in f"{story} {story!r} {passage} {passage!r}"
    services.edit_passage(passage=passage, text=SECRET + " twice", was=0)
    with pytest.raises(services.Refused) as refused:
        services.edit_passage(passage=passage, text="Else.", was=0)
    assert "plantedsecret" not in str(refused.value) + repr(refused.value)
