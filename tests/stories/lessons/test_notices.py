"""Words of danger: the teachers see them, the contact gets one letter, without them."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from stories import services
from stories.lessons import letters, notices, reading, turns
from stories.lessons.models import Notice
from tests.factories import (
    ClassroomFactory,
    PersonFactory,
    PupilFactory,
    QuestionFactory,
)
from users.classrooms.models import Teaching
from users.models import Role

pytestmark = pytest.mark.django_db
DANGER = "I want to kill myself."


@pytest.fixture(autouse=True)
def post(monkeypatch):
    """What is handed to the worker is done at once."""
    monkeypatch.setattr(letters.tasks.send_letter, "delay", letters.send)


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def write(page, text=DANGER):
    return services.request_passage(story=page, mode="write", text=text)


@pytest.fixture
def teacher(client, robin):
    client.force_login(robin)
    return client


# --- what raises one ------------------------------------------------------------------
def by_writing(page, tale):
    write(page)


def by_an_edit(page, tale):
    services.edit_passage(passage=write(page, "It rained."), text=DANGER)


def by_asking(page, tale):
    services.request_passage(story=page, mode="direct", text=DANGER)


def by_a_title(page, tale):
    services.change_settings(story=page, values={"title": DANGER})


def by_an_answer(page, tale):
    question = QuestionFactory(tale=tale, kind="own life", options=[], key="")
    read = page.turn.reading
    reading.answer(reading=read, answers={question.pk: DANGER})


@pytest.mark.parametrize(
    "way", [by_writing, by_an_edit, by_asking, by_a_title, by_an_answer]
)
def test_whatever_a_pupil_writes_is_heard(page, tale, allow, mira, on_commit, way):
    allow("helped")
    with on_commit():
        way(page, tale)

    assert Notice.objects.open().get().pupil == mira
    assert len(mail.outbox) == 1
    assert DANGER in [found.text for found in notices.found([mira])[mira.pk]]


def test_a_story_without_danger_raises_none(page, on_commit):
    with on_commit():
        write(page, "The villain wanted to kill the king. It killed me with laughter!")

    assert not Notice.objects.exists() and not mail.outbox


def test_a_sentence_of_the_model_is_held_back_and_told(
    page, allow, scribe, on_commit, monkeypatch
):
    allow("helped")
    monkeypatch.setattr(
        turns.Drawer, "best", lambda *args, **asked: turns.Line("I want to die.")
    )
    asked = services.request_passage(story=page, mode="continue")
    with on_commit():
        turns.write(asked.pk)

    asked.refresh_from_db()
    assert asked.text == "" and Notice.objects.get().by_model
    assert len(mail.outbox) == 1


def test_ones_own_stories_tell_nobody(story, on_commit):
    with on_commit():
        passage = services.request_passage(story=story, mode="write", text=DANGER)

    assert passage.care and not Notice.objects.exists() and not mail.outbox


# --- the letter ---------------------------------------------------------------------
def test_the_letter_has_a_link_and_none_of_the_words(
    page, mira, on_commit, settings, robin
):
    settings.ADDRESS = "https://loom.example"
    with on_commit():
        write(page)

    (letter,) = mail.outbox
    said = f"{letter.subject} {letter.body}"
    assert letter.to == ["okafor@school.example"]
    assert f"https://loom.example{reverse('lessons:notices')}" in said
    assert "The Kestrels" in said and robin.email in said
    assert "kill" not in said and "Mira" not in said and DANGER not in said


def test_forty_times_are_one_letter(page, on_commit):
    for _time in range(40):
        with on_commit():
            write(page)

    assert len(mail.outbox) == 1
    assert Notice.objects.get().count == 40


def test_who_still_writes_so_after_an_hour_is_told_again_once(page, on_commit):
    with on_commit():
        write(page)
    long_ago = timezone.now() - timedelta(minutes=61)
    Notice.objects.update(letter_sent_at=long_ago)
    for _time in range(5):
        with on_commit():
            write(page)

    assert len(mail.outbox) == 2


def test_after_it_was_seen_to_the_next_is_a_new_one(page, on_commit, robin):
    with on_commit():
        write(page)
    notices.see_to(notice=Notice.objects.get(), teacher=robin, outcome="spoken")
    with on_commit():
        write(page)

    assert len(mail.outbox) == 2 and Notice.objects.count() == 2


def test_two_pupils_are_two_letters(page, tale, room, on_commit):
    other = PupilFactory(classroom=room)
    with on_commit():
        write(page)
        letters.worry(pupil=other)

    assert len(mail.outbox) == 2


def test_two_deliveries_are_one_letter(page, on_commit):
    with on_commit():
        write(page)

    letters.send(Notice.objects.get().pk)

    assert len(mail.outbox) == 1


def test_without_the_contacts_address_the_teachers_get_it(page, room, on_commit):
    room.contact_email = ""
    room.save()
    colleague = PersonFactory(role=Role.TEACHER)
    Teaching.objects.create(classroom=room, teacher=colleague)
    with on_commit():
        write(page)

    assert set(mail.outbox[0].to) == {"robin@example.org", colleague.email}


def test_a_mail_server_that_is_down_loses_no_letter(page, on_commit, monkeypatch):
    def down(*args):
        raise SMTPServerDisconnected("no")

    with monkeypatch.context() as without:
        without.setattr(letters, "send_mail", down)
        with on_commit():
            passage = write(page)

    assert passage.pk and Notice.objects.get().letter_due and not mail.outbox
    letters.queue_due()  # as the clock does
    assert len(mail.outbox) == 1 and not Notice.objects.get().letter_due


def test_a_broker_that_is_down_loses_no_letter_and_no_words(
    page, on_commit, monkeypatch
):
    def down(pk):
        raise OperationalError

    with monkeypatch.context() as without:
        without.setattr(letters.tasks.send_letter, "delay", down)
        with on_commit():
            passage = write(page)

    assert passage.text == DANGER and Notice.objects.get().letter_due
    letters.queue_due()
    assert len(mail.outbox) == 1


def test_a_worker_that_died_over_a_letter_has_not_sent_it(page, on_commit):
    letters.worry(pupil=page.turn.reading.pupil)
    Notice.objects.update(letter_begun_at=timezone.now())
    letters.queue_due()
    assert not mail.outbox  # someone may be at it

    Notice.objects.update(letter_begun_at=timezone.now() - timedelta(minutes=3))
    letters.queue_due()
    assert len(mail.outbox) == 1


def test_no_word_of_the_child_is_logged(page, on_commit, caplog, monkeypatch):
    def down(*args):
        raise OSError(DANGER)

    monkeypatch.setattr(letters, "send_mail", down)
    with on_commit():
        write(page)

    assert "OSError" in caplog.text and "kill" not in caplog.text


# --- the teacher ---------------------------------------------------------------------
def test_the_count_is_in_the_head_of_every_page_until_it_is_seen_to(page, teacher):
    home = reverse("classrooms:classes")
    assert "to-see" not in teacher.get(home).content.decode()
    write(page)
    letters.worry(pupil=PupilFactory(classroom=page.turn.reading.pupil.classroom))
    assert "2 pupils wrote something" in teacher.get(home).content.decode()

    for notice in Notice.objects.all():
        address = reverse("lessons:see_to", args=[notice.pk])
        teacher.post(address, {"outcome": "spoken"})

    assert "to-see" not in teacher.get(home).content.decode()
    assert {n.seen_by.email for n in Notice.objects.all()} == {"robin@example.org"}


def test_the_page_shows_the_words_also_when_they_were_taken_back(page, teacher, mira):
    passage = write(page)
    services.edit_passage(passage=passage, text="I want to go home.")
    services.delete_passage(passage=passage)

    shown = teacher.get(reverse("lessons:notices")).content.decode()

    assert DANGER in shown and "Mira" in shown
    assert reverse("lessons:pupil", args=[mira.classroom_id, mira.pk]) in shown


def test_a_letter_that_has_not_gone_out_is_said_and_tried_again(page, teacher, room):
    letters.worry(pupil=page.turn.reading.pupil)

    shown = teacher.get(reverse("lessons:notices")).content.decode()

    assert "please tell Ms Okafor (room 12) yourself" in shown
    assert len(mail.outbox) == 1


def test_what_came_of_it_must_be_said(page, teacher):
    write(page)
    address = reverse("lessons:see_to", args=[Notice.objects.get().pk])

    shown = teacher.post(address, {"outcome": "whatever"}, follow=True)

    assert "Say what came of it" in shown.content.decode()
    assert Notice.objects.open().exists()


@pytest.mark.parametrize("who", ["other teacher", "writer", "past teacher"])
def test_nobody_else_sees_or_settles_it(page, client, room, who):
    write(page)
    person = PersonFactory(role=Role.WRITER if who == "writer" else Role.TEACHER)
    if who == "other teacher":
        ClassroomFactory(teacher=person)
    elif who == "past teacher":
        Teaching.objects.create(classroom=room, teacher=person)
        person.role = Role.WRITER
        person.save()
    client.force_login(person)
    notice = Notice.objects.get()

    shown = client.get(reverse("lessons:notices"))
    settled = client.post(reverse("lessons:see_to", args=[notice.pk]))

    assert "kill" not in shown.content.decode() and settled.status_code == 404
    assert Notice.objects.open().exists()


def test_the_progress_of_the_class_says_please_read(page, teacher, room):
    address = reverse("lessons:progress", args=[room.pk])
    assert "please read" not in teacher.get(address).content.decode()
    write(page)

    assert "please read" in teacher.get(address).content.decode()


def test_a_child_is_told_who_is_told(page, client, mira, tale):
    write(page)
    client.force_login(mira.account, backend="users.classrooms.backend.PupilBackend")

    shown = client.get(reverse("reading:turn", args=[tale.pk])).content.decode()

    assert "Your teacher and Ms Okafor are told" in shown
    assert "speak with a person" in shown


def test_the_page_of_notices_needs_few_queries(
    page, room, teacher, django_assert_max_num_queries
):
    for _pupil in range(12):
        letters.worry(pupil=PupilFactory(classroom=room))
    write(page)
    Notice.objects.update(letter_due=False)

    with django_assert_max_num_queries(12):
        teacher.get(reverse("lessons:notices"))
