"""A lesson is asked of one process and made by another, which may die over it."""

import re

import pytest

from stories.bench.backends import Missing
from stories.bench.browser import Browser
from stories.bench.processes import manage, wait_until
from stories.bench.product import served

MAKE_TEACHER = "from users.models import User; User.objects.update(role='teacher')"
CODE = r"<strong>([0-9A-Z]{7})</strong>"
PLAN = {
    "title": "Light", "goal": "Being brave in the dark", "level": "easy",
    "length": "short", "for_each": "on", "for_class": "on",
    "hero": "Pip", "pronoun": "she", "writing": "own", "word0-word": "lantern",
    "word0-meaning": "a lamp you can carry", "facts": "Owls see well at night.",
}  # fmt: skip


@pytest.fixture(scope="module")
def school():
    try:
        with served(STORYLOOM_MODEL="seedling", STORYLOOM_THREADS="1") as product:
            yield product
    except Missing as program:
        pytest.skip(str(program))


@pytest.fixture(scope="module")
def teacher(school):
    """Robin, who has a class of three."""
    browser = Browser(school.address)
    browser.sign_up("robin@example.org")
    manage(school.env, "shell", "-v", "0", "-c", MAKE_TEACHER)
    contact = {"contact_name": "Ms Okafor", "contact_how": "room 12",
               "contact_email": "okafor@school.example"}  # fmt: skip
    browser.post("/classes/new", form="", name="Owls", **contact)
    browser.room = re.search(r"/classes/[0-9a-f-]{36}/", browser.at)[0]
    browser.code = re.search(CODE, browser.get(browser.room))[1]
    for name in ("Mira", "Oskar", "Yara"):
        pupil = {"nickname": name, "level": "easy", "pronoun": "she", "interests": ""}
        browser.post(f"{browser.room}pupils/add", form="", **pupil)
    return browser


def plan(teacher, **changed) -> str:
    asked = {name: value for name, value in (PLAN | changed).items() if value}
    teacher.post(f"{teacher.room}lessons/new", **asked)
    return re.search(r"/lessons/[0-9a-f-]{36}/", teacher.at)[0]


def ready(teacher, lesson) -> int:
    return int(re.search(r"Stories: (\d+) of", teacher.get(lesson))[1])


def test_a_separate_worker_makes_the_stories_of_a_class(school, teacher):
    lesson = plan(teacher)
    teacher.post(f"{lesson}make", form="")

    wait_until(lambda: ready(teacher, lesson) == 4, "four stories", patience=300)

    done = re.compile(r"make_lesson\[\S+\] succeeded")
    wait_until(lambda: done.search(school.generation.said()), "the worker says so")
    with open(f"/proc/{school.web.pid}/maps") as maps:
        assert "torch" not in maps.read()
    story = re.search(r"/lessons/stories/\d+/", teacher.get(lesson))[0]
    assert "“Owls see well at night.”" in teacher.get(story)


def test_a_worker_that_dies_leaves_a_lesson_that_can_be_gone_on_with(school, teacher):
    lesson = plan(teacher)
    teacher.post(f"{lesson}make", form="")
    wait_until(
        lambda: "being made" in teacher.get(lesson).lower(), "it begins", patience=60
    )

    school.generation.kill()
    wait_until(lambda: "/stop" not in teacher.get(lesson), "it is seen", patience=60)
    kept = ready(teacher, lesson)
    school.generation.start()
    teacher.post(f"{lesson}make", form="")

    wait_until(lambda: ready(teacher, lesson) == 4, "the rest", patience=300)
    assert kept < 4


def test_a_pupils_sentence_and_the_letter_come_from_the_worker(school, teacher):
    lesson = plan(teacher, title="Owls", writing="helped", for_class="")
    teacher.post(f"{lesson}make", form="")
    wait_until(lambda: ready(teacher, lesson) == 3, "three stories", patience=300)
    tales = dict(
        re.findall(
            r">(\w+)</label>\s*<a href=\"(/lessons/stories/\d+/)", teacher.get(lesson)
        )
    )
    teacher.get(tales["Yara"])
    for verb in ("approve", "assign"):
        teacher.post(f"{tales['Yara']}{verb}", form="")
    yara = Browser(school.address)
    pictures = {"picture0": "fox", "picture1": "boat", "picture2": "owl"}
    yara.post("/join", code=teacher.code, nickname="Yara", **pictures)
    story = re.search(r"/read/\d+/", yara.get("/read/"))[0]
    socket = re.search(r"/ws/turns/[0-9a-f-]{36}/", yara.get(f"{story}turn/"))[0]

    with yara.tab("", socket) as tab:
        tab.ask("The owl wants to fly home.", mode="write")
        said = tab.ask("", mode="continue")
        done = tab.finished(said, patience=60)
        tab.ask("I want to kill myself.", mode="write")

    assert done["status"] == "finished" and done["text"]
    assert not tab.streamed(said)
    done = re.compile(r"send_letter\[\S+\] succeeded")
    wait_until(lambda: done.search(school.generation.said()), "the letter", patience=30)
    letter = school.generation.said()
    assert "To: okafor@school.example" in letter and "kill" not in letter
    assert "kill myself" in teacher.get("/classes/notices")
