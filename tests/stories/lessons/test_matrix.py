"""Who may do what to what: every page of classes, for every kind of person.

The cells are made from the URL map: an address without an entry here fails, and so
does an entry without an address.
"""

from functools import cache

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from stories.consumers import NO_STORY
from stories.lessons import editing, letters
from stories.lessons import services as lesson_services
from stories.lessons.models import Lesson
from stories.messages import TYPES
from tests.conftest import Editor
from tests.factories import (
    ClassroomFactory,
    LessonFactory,
    PersonFactory,
    PupilFactory,
    QuestionFactory,
    StoryFactory,
    TaleFactory,
)
from users.classrooms import services
from users.classrooms.models import Teaching
from users.models import Role

SPACES = ("classrooms", "lessons", "reading", "family", "door")
PUPILS_BACKEND = "users.classrooms.backend.PupilBackend"
PEOPLE = (
    "stranger", "writer", "teacher", "co-teacher", "other teacher", "past teacher",
    "admin", "pupil", "classmate", "other pupil",
)  # fmt: skip
PUPILS = ("pupil", "classmate", "other pupil")
MINE = {"teacher", "co-teacher"}
TEACHERS = MINE | {"other teacher", "admin"}
EVERYONE = set(PEOPLE)

#: address -> who gets in (anything but 404 or the door), by what it is about.
OPEN_TO = {
    "classrooms:classes": TEACHERS,
    "classrooms:make": TEACHERS,
    "lessons:notices": TEACHERS,
    **dict.fromkeys(
        [
            f"classrooms:{name}"
            for name in (
                "room", "change", "change_code", "archive", "cards", "add_teacher",
                "leave", "read_roster", "bring_roster", "add_pupil", "pupil",
                "reset_pictures", "remove_pupil",
                "give", "family",
            )
        ]
        + [
            f"lessons:{name}"
            for name in (
                "shelf", "plan", "progress", "progress_csv", "pupil", "take_over",
                "lesson", "change", "tales", "make", "stop", "approve", "assign",
                "delete", "tale", "edit", "decide", "meaning", "printed", "book",
                "question", "approve_one", "assign_one", "take_back", "again",
                "see_to",
            )
        ],
        MINE,
    ),
    "reading:shelf": {"pupil", "classmate", "other pupil"},
    **dict.fromkeys(
        [
            f"reading:{name}"
            for name in (
                "read", "answer", "smile", "stay", "look_up", "turn", "turn_path",
                "turn_map", "own", "own_path", "own_map",
            )
        ],
        {"pupil"},
    ),
    # The link is the key: whoever has it reads, a pupil's account aside.
    "family:shelf": EVERYONE - {"pupil", "classmate", "other pupil"},
    "family:tale": EVERYONE - {"pupil", "classmate", "other pupil"},
    "door:join": EVERYONE,
}  # fmt: skip


@cache
def addresses() -> dict[str, set[str]]:
    """Every named address of the classes, with its parameters."""
    found: dict[str, set[str]] = {}

    def walk(patterns, space, parameters):
        for each in patterns:
            here = parameters | set(each.pattern.converters)
            if isinstance(each, URLResolver):
                walk(each.url_patterns, each.namespace or space, here)
            elif isinstance(each, URLPattern) and space in SPACES:
                found[f"{space}:{each.name}"] = here

    walk(get_resolver().url_patterns, "", set())
    return found


def test_every_address_of_the_classes_is_in_the_matrix_and_no_other():
    assert set(addresses()) == set(OPEN_TO)
    assert len(OPEN_TO) * len(PEOPLE) >= 150


class World:
    """A class with a lesson, a story given out to one pupil, and everyone around."""

    def __init__(self):
        people = {name: PersonFactory() for name in ("writer", "admin")}
        for name in ("teacher", "co-teacher", "other teacher", "past teacher"):
            people[name] = PersonFactory(role=Role.TEACHER)
        people["admin"].role = Role.ADMIN
        people["admin"].save()
        room = ClassroomFactory(teacher=people["teacher"])
        other = ClassroomFactory(teacher=people["other teacher"])
        for name in ("co-teacher", "past teacher"):
            Teaching.objects.create(classroom=room, teacher=people[name])
        people["past teacher"].role = Role.WRITER
        people["past teacher"].save()
        pupil = PupilFactory(classroom=room)
        people["pupil"] = pupil.account
        people["classmate"] = PupilFactory(classroom=room).account
        people["other pupil"] = PupilFactory(classroom=other).account
        lesson = LessonFactory(classroom=room, teacher=people["teacher"])
        tale = TaleFactory(lesson=lesson, pupil=pupil, review="assigned")
        question = QuestionFactory(tale=tale)
        link = services.open_family_link(pupil=pupil)
        self.people = people
        self.values = {
            "classroom_id": room.pk,
            "pupil_id": pupil.pk,
            "lesson_id": lesson.pk,
            "tale_id": tale.pk,
            "question_id": question.pk,
            "token": link.token,
            "notice_id": letters.worry(pupil=pupil).pk,
        }

    def client(self, name):
        client = Client()
        if person := self.people.get(name):
            is_pupil = person.role == Role.PUPIL
            backend = PUPILS_BACKEND if is_pupil else None
            client.force_login(person, backend=backend)
        return client

    def address(self, name):
        return reverse(name, kwargs={n: self.values[n] for n in addresses()[name]})


def gets_in(response) -> bool:
    """405 and 422 are answers to someone who may; a door or nothing are not."""
    if response.status_code == 302:
        return not response.url.startswith(("/accounts/login", "/join"))
    return response.status_code != 404


@pytest.fixture(autouse=True)
def no_letter_leaves(monkeypatch):
    """It would wait, in its own thread, for the end of the test's transaction."""
    monkeypatch.setattr(letters.tasks.send_letter, "delay", lambda notice_id: None)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", OPEN_TO)
def test_each_address_lets_in_those_and_only_those_it_is_for(name, method):
    world = World()
    for who in PEOPLE:
        with transaction.atomic():  # some of these verbs delete what others need
            response = getattr(world.client(who), method)(world.address(name))
            transaction.set_rollback(True)

        assert gets_in(response) == (who in OPEN_TO[name]), (name, method, who)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["pupil", "classmate", "other pupil"])
def test_a_pupil_opens_no_other_page_of_the_whole_product(who):
    world = World()
    client, tried = world.client(who), 0
    for name in ("home", "stories:library", "account_login"):
        assert client.get(reverse(name)).url == reverse("reading:shelf")
    story = StoryFactory(owner=world.people[who])
    others = {
        "users": ["profile", "experiences", "values", "tone", "account", "data",
                  "download", "erase"],
        "stories": ["create", "import"],
    }  # fmt: skip
    for space, names in others.items():
        for name in names:
            for method in (client.get, client.post):
                tried += 1
                assert method(reverse(f"{space}:{name}")).status_code == 404, name
    for name in ("editor", "path", "map", "settings", "archive", "delete"):
        address = reverse(f"stories:{name}", args=[story.pk])
        assert client.get(address).status_code == 404, name
    for path in ("/admin/", "/accounts/password/change/", "/accounts/email/"):
        assert client.get(path).status_code == 404, path
    assert tried >= 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", [p for p in PEOPLE if p not in ("stranger", *PUPILS)])
@pytest.mark.parametrize("type", sorted(TYPES))
def test_no_message_of_the_editor_reaches_a_story_of_someone_else(who, type):
    world = World()
    story = StoryFactory(owner=PersonFactory(), title="Private")

    async def knock():
        from stories.consumers import in_thread

        editor = await in_thread(Editor)(story, world.people[who])
        await editor.connect()
        code = await editor.close_code()
        await editor.say(type)
        return code, editor.heard

    code, heard = async_to_sync(knock)()

    assert code == NO_STORY
    assert "Private" not in str(heard)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", PUPILS)
def test_a_pupil_opens_no_socket_not_even_to_a_story_of_their_own(who):
    world = World()
    story = StoryFactory(owner=world.people[who])

    async def knock():
        from stories.consumers import in_thread

        editor = await in_thread(Editor)(story, world.people[who])
        return await editor.connect()

    assert async_to_sync(knock)() is False


POSTED = {f"reading:{name}" for name in ("answer", "smile", "stay", "look_up")}
READING = sorted(name for name in OPEN_TO if name.startswith("reading:"))
TURNS = {
    f"reading:{n}{part}" for n in ("turn", "own") for part in ("", "_path", "_map")
}
#: What is still open to the pupil when the teacher has changed something.
STILL_OPEN = {
    "given out": set(READING),
    "only reading": set(READING) - TURNS,
    "taken back": {"reading:shelf"},
    "changed": {"reading:shelf"},
    "made anew": {"reading:shelf"},
    "archived": set(),
    "pupil removed": set(),
}


def bring_about(situation, world):
    lesson = Lesson.objects.get(pk=world.values["lesson_id"])
    tale = lesson.tales.get()
    if situation == "only reading":
        lesson.writing = "none"
        lesson.save()
    elif situation == "taken back":
        lesson_services.take_back(tale=tale)
    elif situation == "changed":
        editing.edit_tale(tale=tale, version=tale.version, title="New", text="Other.")
    elif situation == "made anew":
        lesson_services.make_again(tale=tale)
    elif situation == "archived":
        services.archive_class(classroom=lesson.classroom)
    elif situation == "pupil removed":
        services.remove_pupil(pupil=tale.pupil)


@pytest.mark.django_db
@pytest.mark.parametrize("situation", STILL_OPEN)
def test_what_a_teacher_changes_opens_and_closes_the_pages_of_a_pupil(situation):
    world = World()
    client = world.client("pupil")
    bring_about(situation, world)

    for name in READING:
        method = client.post if name in POSTED else client.get
        open_now = gets_in(method(world.address(name)))
        assert open_now == (name in STILL_OPEN[situation]), (situation, name)


@pytest.mark.django_db
@pytest.mark.parametrize("situation", ["given out", "archived"])
@pytest.mark.parametrize("who", ["teacher", "co-teacher", "other teacher"])
def test_a_class_in_the_archive_can_still_be_read_by_its_teachers(who, situation):
    world = World()
    bring_about(situation, world)
    client = world.client(who)

    for name in ("classrooms:room", "lessons:lesson", "lessons:tale", "lessons:pupil"):
        assert gets_in(client.get(world.address(name))) == (who in MINE), name
