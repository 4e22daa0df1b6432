"""The socket of a pupil's page: every message, for everyone, in every situation."""

import json
from itertools import product
from uuid import uuid4

import pytest
from django.utils import timezone

from stories import events, services
from stories.consumers import in_thread
from stories.lessons import consumers, reading, turns
from stories.messages import TYPES as PRIVATE
from stories.models import Author, Mode, Passage, Status
from tests.conftest import Editor
from tests.factories import PassageFactory, PupilFactory
from tests.stories.lessons.test_matrix import PEOPLE, World

pytestmark = pytest.mark.django_db(transaction=True)

GONE, MALFORMED = "gone", "malformed"
#: What a pupil is answered: where the model may write, and where it may not.
ANSWERS = {
    "write": ("ack", "ack"),
    "continue": ("ack", "not_allowed"),
    "direct": ("ack", "not_allowed"),
    "retry": ("ack", "not_allowed"),
    "edit": ("ack", "ack"),
    "delete": ("ack", "ack"),
    "choose": ("ack", "ack"),
    "undo": ("ack", "ack"),
    "redo": ("nothing", "nothing"),
    "title": ("ack", "ack"),
    "tone": ("bad_field", "bad_field"),
    # Said in the editor of one's own stories only.
    "alternatives": (MALFORMED, MALFORMED),
    "turning point": (MALFORMED, MALFORMED),
    "thumb": (MALFORMED, MALFORMED),
    "feeling": (MALFORMED, MALFORMED),
}
SITUATIONS = ("helped", "own", "none", "taken back", "archived", "lesson deleted")


def messages(own, machine) -> dict[str, dict]:
    request = {"type": "passage.request"}
    return {
        "write": request | {"mode": "write", "text": "An owl."},
        "continue": request | {"mode": "continue"},
        "direct": request | {"mode": "direct", "text": "An owl comes."},
        "retry": {"type": "passage.retry", "passage": machine.pk},
        "edit": {
            "type": "passage.edit", "passage": own.pk, "text": "Changed.", "was": 0,
        },
        "delete": {"type": "passage.delete", "passage": machine.pk},
        "choose": {"type": "passage.choose", "passage": own.pk},
        "undo": {"type": "story.undo"},
        "redo": {"type": "story.redo"},
        "title": {"type": "story.set", "field": "title", "value": "My owl"},
        "tone": {"type": "story.set", "field": "tone", "value": "sad"},
        "alternatives": {
            "type": "passage.alternatives", "passage": machine.pk, "count": 2,
        },
        "turning point": {"type": "passage.turn", "turn": "loss"},
        "thumb": {"type": "passage.feedback", "passage": machine.pk, "kind": "up"},
        "feeling": {"type": "passage.feels", "passage": machine.pk, "feels": "sadder"},
    }  # fmt: skip


def test_every_message_of_the_socket_is_in_the_matrix():
    said = {m["type"] for m in messages(Passage(pk=1), Passage(pk=2)).values()}
    quiet = {"passage.stop", "story.check"}  # they ask for no answer; see below

    assert said | quiet == set(consumers.TYPES) | set(PRIVATE)
    cells = len(ANSWERS) * (len(SITUATIONS) + len(PEOPLE))
    assert cells >= 150 and set(ANSWERS) == set(messages(Passage(pk=1), Passage(pk=2)))


class Page(World):
    """The world of the matrix, with a page on which the pupil has written."""

    def __init__(self, writing="helped"):
        super().__init__()
        pupil = self.people["pupil"].pupil
        self.tale = pupil.tales.get()
        self.lesson = self.tale.lesson
        self.set(writing)
        read = reading.open_tale(tale=self.tale, pupil=pupil)
        self.story = reading.open_turn(reading=read)
        self.own = services.request_passage(
            story=self.story, mode="write", text="It rained. Plantedword."
        )
        self.machine = PassageFactory(
            story=self.story, author=Author.MODEL, mode=Mode.CONTINUE, text="He slept."
        )

    def set(self, situation):
        """Make it so, as a teacher's click would."""
        room = self.lesson.classroom
        if situation in ("helped", "own", "none"):
            self.lesson.writing = situation
            self.lesson.save()
        elif situation == "taken back":
            self.tale.review = "reviewed"
            self.tale.save()
        elif situation == "archived":
            room.archived_at = timezone.now()
            room.save()
        else:
            self.lesson.delete()


async def open_socket(page, person):
    return await in_thread(Editor)(page.story, person, socket="turns")


def no_worker(monkeypatch):
    monkeypatch.setattr("stories.tasks.write_turn.delay", lambda pk: None)


@pytest.mark.parametrize("who", [who for who in PEOPLE if who != "pupil"])
async def test_nobody_but_the_pupil_says_anything_on_their_page(who):
    page = await in_thread(Page)()
    for sent in messages(page.own, page.machine).values():
        editor = await open_socket(page, page.people.get(who))
        if await editor.connect():
            assert await editor.close_code() in (4401, 4404)
            await editor.send_text(json.dumps(sent | {"key": str(uuid4())}))
            await editor.receive_nothing(0.02)
        assert "Plantedword" not in str(editor.heard)

    await page.own.arefresh_from_db()
    await page.story.arefresh_from_db()
    assert page.own.text == "It rained. Plantedword."
    assert page.story.title == page.tale.title
    assert await page.story.passages.kept().acount() == 2


@pytest.mark.parametrize(("writing", "said"), list(product(["helped", "own"], ANSWERS)))
async def test_a_pupil_is_answered_as_the_teacher_allowed(writing, said, monkeypatch):
    no_worker(monkeypatch)
    page = await in_thread(Page)()
    editor = await open_socket(page, page.people["pupil"])
    assert await editor.connect()
    await editor.hear()
    await in_thread(page.set)(writing)  # while the page is open

    expected = ANSWERS[said][writing == "own"]
    sent = messages(page.own, page.machine)[said]
    if expected == MALFORMED:  # whose key is not read
        await editor.say(**sent)
        answer = await editor.until("error")
    else:
        answer = await editor.ask(**sent)
    await editor.disconnect()

    assert answer.get("code", answer["type"]) == expected


@pytest.mark.parametrize("situation", SITUATIONS[2:])
async def test_a_page_that_is_open_hears_no_more_when_it_is_taken_back(
    situation, monkeypatch
):
    no_worker(monkeypatch)
    page = await in_thread(Page)()
    sent = messages(page.own, page.machine)
    editor = await open_socket(page, page.people["pupil"])
    assert await editor.connect()
    await editor.hear()
    await in_thread(page.set)(situation)

    for said, message in sent.items():
        if ANSWERS[said][0] != MALFORMED:
            answer = await editor.ask(**message)
            assert answer["code"] == GONE, said

    assert not [m for m in editor.heard if m["type"] == "ack"]
    await editor.disconnect()


@pytest.mark.parametrize("situation", SITUATIONS[2:])
async def test_nobody_comes_in_when_it_is_not_given_out(situation):
    page = await in_thread(Page)()
    await in_thread(page.set)(situation)
    editor = await open_socket(page, page.people["pupil"])
    assert await editor.connect()

    assert await editor.close_code() in (4401, 4404)
    assert "Plantedword" not in str(editor.heard)


@pytest.mark.parametrize("situation", SITUATIONS[2:5])
async def test_what_comes_after_it_was_taken_back_is_not_shown(situation):
    page = await in_thread(Page)()
    editor = await open_socket(page, page.people["pupil"])
    assert await editor.connect()
    await editor.hear()
    await in_thread(page.set)(situation)

    late = events.PassageFinished(page.machine.pk, "finished", "Toolate.", 9)
    await in_thread(events.publish)(page.story.pk, late)

    assert await editor.close_code() == 4404
    assert "Toolate" not in str(editor.heard)


async def test_a_check_after_it_was_taken_back_closes_the_page():
    page = await in_thread(Page)()
    editor = await open_socket(page, page.people["pupil"])
    assert await editor.connect()
    await editor.hear()
    await in_thread(page.set)("taken back")
    await editor.send_text('{"type": "story.check"}')

    assert await editor.close_code() == 4404


async def test_the_private_socket_does_not_open_a_page_of_a_class():
    page = await in_thread(Page)()
    for who in ("pupil", "teacher"):
        editor = await in_thread(Editor)(page.story, page.people[who])
        if await editor.connect():
            assert await editor.close_code() == 4404


async def test_a_passage_comes_whole_or_not_at_all(scribe, editor):
    page = await in_thread(Page)()
    tab = await editor(page.story, page.people["pupil"], socket="turns")

    asked = await tab.ask("passage.request", mode="continue")
    done = await tab.until("passage.finished", passage=asked["passage"])

    assert done["status"] == "finished" and done["text"].endswith(".")
    assert "passage.chunk" not in {m["type"] for m in tab.heard}
    assert not [m for m in tab.heard if m["type"] == "story.state" and m["under_way"]
                and m["under_way"][0]["text"]]  # fmt: skip


async def test_what_is_held_back_gets_a_calm_sentence(scribe, editor):
    page = await in_thread(Page)()
    tab = await editor(page.story, page.people["pupil"], socket="turns")
    await tab.ask("passage.request", mode="write", text="RUDENOW she said.")

    asked = await tab.ask("passage.request", mode="continue")
    done = await tab.until("passage.finished", passage=asked["passage"])

    assert (done["status"], done["text"]) == ("failed", "")
    assert "Try again, or write one" in done["error"]
    assert "stupid" not in str(tab.heard)


async def test_a_chunk_is_never_passed_on(editor):
    page = await in_thread(Page)()
    tab = await editor(page.story, page.people["pupil"], socket="turns")
    chunk = events.PassageChunk(page.machine.pk, 0, "Half a sen")
    await in_thread(events.publish)(page.story.pk, chunk)
    await in_thread(events.publish)(page.story.pk, events.StoryChanged(9))

    await tab.until("story.changed")

    assert "Half a sen" not in str(tab.heard)


async def test_a_pupil_stops_what_is_being_written(scribe, editor):
    page = await in_thread(Page)()
    tab = await editor(page.story, page.people["pupil"], socket="turns")
    scribe.gate.clear()
    asked = await tab.ask("passage.request", mode="continue")
    await tab.until("passage.started")

    await tab.send_text(f'{{"type": "passage.stop", "passage": {asked["passage"]}}}')
    done = await tab.until("passage.finished", passage=asked["passage"], timeout=3)

    scribe.gate.set()
    assert (done["status"], done["text"]) == ("stopped", "")


async def test_help_is_shown_beside_words_of_danger(editor):
    page = await in_thread(Page)()
    tab = await editor(page.story, page.people["pupil"], socket="turns")

    await tab.ask("passage.request", mode="write", text="I want to kill myself.")

    await tab.until("care")
    written = await page.story.passages.aget(care=True)
    assert written.text == "I want to kill myself." and written.never_train


def test_a_sentence_that_takes_long_is_not_taken_for_dead(scribe, monkeypatch):
    page = Page()
    no_worker(monkeypatch)
    asked = services.request_passage(story=page.story, mode="continue")
    scribe.gate.clear()
    seen = []

    def look(self):
        seen.append(Passage.objects.get(pk=asked.pk).alive_at)
        if len(seen) == 3:
            scribe.gate.set()
        return False

    monkeypatch.setattr(turns.TurnWriter, "is_unwanted", property(look))
    turns.write(asked.pk)

    asked.refresh_from_db()
    assert asked.status == Status.FINISHED
    assert seen == sorted(seen) and seen[0] < seen[-1]


def test_a_pupil_of_another_class_with_the_same_nickname_is_someone_else():
    page = Page()
    twin = PupilFactory(nickname=page.people["pupil"].pupil.nickname)

    assert consumers.find_turn(twin.account, page.story.pk) is None
