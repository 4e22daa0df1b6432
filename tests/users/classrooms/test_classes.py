"""A class: made by a teacher, shared with another, left, put away."""

import pytest
from django.contrib.auth import get_user
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from tests.factories import (
    ClassroomFactory,
    LessonFactory,
    PersonFactory,
    PupilFactory,
)
from users import privacy, services
from users.classrooms import services as classes
from users.classrooms.models import Classroom, Pupil
from users.models import Role, User


def test_a_teacher_makes_a_class_and_finds_it_again(client, robin):
    client.force_login(robin)

    client.post(reverse("classrooms:make"), {"name": "The Kestrels"})

    room = Classroom.objects.get()
    assert room.name == "The Kestrels" and len(room.code) == 7
    assert list(Classroom.objects.taught_by(robin)) == [room]


def test_a_writer_has_no_classes_not_even_by_name(client, wren, room):
    client.force_login(wren)

    assert client.get(reverse("classrooms:classes")).status_code == 404
    with pytest.raises(ValidationError):
        classes.make_class(teacher=wren, name="Mine")


def test_a_role_that_was_withdrawn_opens_no_class_any_more(robin, room, owl):
    services.grant_role(by=owl, person=robin, role=Role.WRITER)

    assert not Classroom.objects.taught_by(robin).exists()


def test_a_co_teacher_opens_the_class_and_may_leave_it(client, robin, room):
    heron = PersonFactory(email="heron@example.org", role=Role.TEACHER)
    classes.add_teacher(classroom=room, email="Heron@example.org ")

    client.force_login(heron)
    assert client.get(reverse("classrooms:room", args=[room.pk])).status_code == 200
    client.post(reverse("classrooms:leave", args=[room.pk]))
    assert client.get(reverse("classrooms:room", args=[room.pk])).status_code == 404


def test_only_a_teacher_becomes_a_co_teacher(room, crow):
    with pytest.raises(ValidationError, match="No teacher has this e-mail"):
        classes.add_teacher(classroom=room, email=crow.email)


def test_the_last_teacher_does_not_leave_pupils_alone(room, robin):
    with pytest.raises(ValidationError, match="only teacher"):
        classes.leave_class(classroom=room, teacher=robin)


def test_pupils_are_logged_out_of_a_class_in_the_archive(room):
    pupil, browser = PupilFactory(classroom=room), Client()
    browser.force_login(pupil.account, backend="users.classrooms.backend.PupilBackend")
    assert browser.get(reverse("reading:shelf")).status_code == 200

    classes.archive_class(classroom=room)

    assert not get_user(browser).is_authenticated


def test_a_new_code_closes_the_old_cards(room):
    before = room.code
    classes.change_code(classroom=room)

    assert Classroom.objects.get().code != before


def test_a_pupil_has_no_email_and_nobody_else_is_without(db, room):
    pupil = classes.add_pupil(classroom=room, nickname="Mira")

    assert pupil.account.email is None and pupil.account.role == Role.PUPIL
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=pupil.account_id).update(email="mira@example.org")


def test_nobody_is_made_a_pupil_and_no_pupil_something_else(owl, wren, room):
    pupil = PupilFactory(classroom=room)
    for person, role in ((wren, Role.PUPIL), (pupil.account, Role.WRITER)):
        with pytest.raises(ValidationError, match="stays a pupil"):
            services.grant_role(by=owl, person=person, role=role)


@pytest.mark.parametrize("name", ["", "=SUM(A1)", "+1", "@x", "\n", "🦊", "x" * 31])
def test_what_is_no_nickname_is_refused_with_a_sentence(room, name):
    with pytest.raises(ValidationError):
        classes.add_pupil(classroom=room, nickname=name)


def test_nicknames_that_sound_alike_are_one(room):
    classes.add_pupil(classroom=room, nickname="Zoë")
    with pytest.raises(ValidationError, match="already"):
        classes.add_pupil(classroom=room, nickname="ZOE")


def test_removing_a_pupil_erases_the_account(room):
    pupil = PupilFactory(classroom=room)
    classes.remove_pupil(pupil=pupil)

    assert not Pupil.objects.exists()
    assert not User.objects.filter(role=Role.PUPIL).exists()


def test_a_class_goes_with_its_only_teacher_and_stays_with_another(robin, owl):
    alone, shared = ClassroomFactory(teacher=robin), ClassroomFactory(teacher=robin)
    classes.add_teacher(classroom=shared, email=owl.email)
    gone, stays = PupilFactory(classroom=alone), PupilFactory(classroom=shared)

    services.erase_account(person=robin)

    assert list(Classroom.objects.all()) == [shared]
    accounts = User.objects.filter(role=Role.PUPIL)
    assert list(accounts) == [stays.account] and gone.account not in accounts


def test_a_lesson_stays_with_its_class_when_its_teacher_is_erased(robin, room, owl):
    classes.add_teacher(classroom=room, email=owl.email)
    LessonFactory(classroom=room, teacher=robin)

    services.erase_account(person=robin)

    assert room.lessons.get().teacher is None


def test_a_pupil_can_be_given_what_is_held_of_them(room):
    pupil = PupilFactory(classroom=room, interests=["dinosaurs"])

    told = dict(privacy.sections(pupil.account))

    assert told["users.pupil"][0]["interests"] == ["dinosaurs"]


def test_a_teacher_hands_out_what_is_held_of_a_pupil(client, robin, room):
    pupil = PupilFactory(classroom=room, interests=["plantedhobby"])
    client.force_login(robin)

    given = client.post(reverse("classrooms:give", args=[room.pk, pupil.pk]))
    assert "plantedhobby" in given.content.decode()
    assert "attachment" in given["Content-Disposition"]


def test_a_family_link_is_replaced_and_taken_back(client, room):
    pupil = PupilFactory(classroom=room)
    first = classes.open_family_link(pupil=pupil)
    second = classes.open_family_link(pupil=pupil)
    page = lambda link: client.get(f"/family/{link.token}/").status_code  # noqa: E731

    assert (page(first), page(second)) == (404, 200)
    classes.close_family_link(pupil=pupil)
    assert page(second) == 404


@pytest.mark.parametrize("pupils", [3, 35])
def test_a_class_page_asks_the_database_at_most_twelve_times(
    client, robin, room, pupils, django_assert_max_num_queries
):
    PupilFactory.create_batch(pupils, classroom=room)
    client.force_login(robin)
    for name in ("room", "cards", "change"):
        with django_assert_max_num_queries(12):
            client.get(reverse(f"classrooms:{name}", args=[room.pk]))


def test_the_admin_lists_classes_without_their_codes_or_nicknames(client, owl, room):
    PupilFactory(classroom=room, nickname="Plantedname")
    client.force_login(owl)
    for name in ("classroom", "teaching", "pupil", "familylink"):
        page = client.get(reverse(f"admin:users_{name}_changelist"))
        assert page.status_code == 200
        assert "Plantedname" not in page.content.decode()
        assert room.code not in page.content.decode()


def test_the_words_of_the_scripts_stay_in_the_browsers_cache(client, room):
    pupil = PupilFactory(classroom=room)
    client.force_login(pupil.account, backend="users.classrooms.backend.PupilBackend")

    assert "Cache-Control" not in client.get(reverse("stories:words"))
