"""A pupil comes in with class code, nickname and three pictures."""

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from tests.factories import PersonFactory, PupilFactory
from users.classrooms import limits, services
from users.classrooms.models import Pupil

SCHOOL, ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}, {"REMOTE_ADDR": "198.51.100.9"}
MINE = ("fox", "boat", "owl")


def knock(client, room, nickname="Mira", pictures=MINE, code=None, **headers):
    form = {"code": room.code if code is None else code, "nickname": nickname}
    form |= {f"picture{n}": name for n, name in enumerate(pictures)}
    return client.post(reverse("door:join"), form, **headers)


def is_in(client) -> bool:
    return get_user(client).is_authenticated


@pytest.fixture
def mira(room):
    return PupilFactory(classroom=room, nickname="Mira")


def test_a_pupil_chooses_pictures_and_comes_in_with_them_again(client, room):
    services.add_pupil(classroom=room, nickname="Mira")
    assert knock(client, room).url == reverse("reading:shelf")

    again = Client()
    knock(again, room, nickname="  mira ", code=room.code.lower())
    assert is_in(again)


def test_whoever_comes_later_with_the_name_needs_its_pictures(client, room, mira):
    response = knock(client, room, pictures=("owl", "owl", "fox"))

    assert response.status_code == 422 and not is_in(client)
    assert "not your pictures" in response.content.decode()


@pytest.mark.parametrize("pictures", [(), ("fox",), ("fox", "boat", "dragon")])
def test_fewer_or_other_pictures_are_no_password(client, room, pictures):
    services.add_pupil(classroom=room, nickname="Mira")

    assert knock(client, room, pictures=pictures).status_code == 422
    assert Pupil.objects.get().joined_at is None


def test_three_times_the_same_picture_is_too_simple(client, room):
    services.add_pupil(classroom=room, nickname="Mira")

    response = knock(client, room, pictures=("fox", "fox", "fox"))

    assert "two different" in response.content.decode()


def test_a_nickname_off_the_roster_joins_only_where_the_teacher_says_so(client, room):
    assert knock(client, room, nickname="Stranger").status_code == 422
    room.joining = True
    room.save()

    assert knock(Client(), room, nickname="Stranger").status_code == 302


def test_a_teacher_lets_a_pupil_choose_anew(client, room, mira):
    knock(client, room)
    assert is_in(client)

    services.reset_pictures(pupil=mira)

    assert not is_in(client)
    knock(client, room, pictures=("star", "key", "bee"))
    assert is_in(client)


def test_a_class_comes_in_from_one_address_although_one_of_them_fails_ten_times(room):
    PupilFactory(classroom=room, nickname="Mira")
    others = PupilFactory.create_batch(34, classroom=room)
    browser = Client()
    for _try in range(10):
        knock(browser, room, pictures=("bee", "bee", "fox"), **SCHOOL)

    for pupil in others:  # at the same shared computer, and from their own
        computer = browser if pupil.pk % 2 else Client()
        assert knock(computer, room, pupil.nickname, **SCHOOL).status_code == 302
        computer.logout()
    assert knock(Client(), room, **SCHOOL).status_code == 429


def test_a_stranger_elsewhere_cannot_lock_a_pupil_out(room, mira):
    for _try in range(limits.WRONG_PICTURES + 2):
        knock(Client(), room, pictures=("bee", "bee", "fox"), **ELSEWHERE)

    assert knock(Client(), room, **SCHOOL).status_code == 302


def test_guessing_codes_is_stopped_on_that_device_and_nowhere_else(room, mira):
    guesser = Client()
    guesser.get(reverse("door:join"))  # gets the cookie of the device
    for number in range(limits.WRONG_CODES_A_DEVICE):
        knock(guesser, room, code=f"WRONG{number}", **SCHOOL)

    assert knock(guesser, room, **SCHOOL).status_code == 429
    assert knock(Client(), room, **SCHOOL).status_code == 302


def test_guessing_codes_without_cookies_is_stopped_by_address(room, mira):
    for number in range(limits.WRONG_CODES_AN_ADDRESS):
        knock(Client(), room, code=f"NO{number}", **ELSEWHERE)

    assert knock(Client(), room, **ELSEWHERE).status_code == 429
    assert knock(Client(), room, **SCHOOL).status_code == 302


def test_trying_nicknames_with_a_real_code_is_stopped_on_that_device(room, mira):
    guesser = Client()
    guesser.get(reverse("door:join"))
    for number in range(limits.WRONG_NAMES_A_DEVICE):
        knock(guesser, room, nickname=f"Kid{number}", **SCHOOL)

    assert knock(guesser, room, nickname="Another", **SCHOOL).status_code == 429
    assert knock(guesser, room, **SCHOOL).status_code == 302  # a real one still may


def test_a_session_ends_with_the_browser(client, room, mira):
    knock(client, room)

    assert client.session.get_expire_at_browser_close()


def test_going_out_leads_back_to_the_pupils_door(client, room, mira):
    knock(client, room)

    assert client.post(reverse("account_logout")).url == reverse("door:join")
    assert not is_in(client)


def test_an_account_with_an_address_is_not_entered_by_pictures(client, room):
    writer = PersonFactory(password="fox boat owl")

    knock(client, room, nickname=writer.first_name)
    assert not is_in(client)


def test_nor_is_a_pupil_by_the_other_door(client, room, mira):
    for login in ("Mira", "None", ""):
        form = {"login": login, "password": "fox boat owl"}
        client.post(reverse("account_login"), form)

    assert not is_in(client)
