"""A pupil writes alone, in the editor: only their own words, and nothing is lost."""

import re

import pytest
from playwright.sync_api import expect

from stories.bench.processes import manage
from tests.e2e.desk import Desk
from tests.e2e.test_look import LOOKS, look_at

A_CLASS = """
from stories.lessons.models import Lesson, Tale
from users.classrooms import services
from users.models import User
teacher = User.objects.create_user(email="turn.teacher@example.org", role="teacher")
room = services.make_class(
    teacher=teacher, name="The Owls", contact_name="Ms Okafor", contact_how="room 12",
    contact_email="okafor@school.example",
)
room.code = "OWLSOWL"
room.save()
mira = services.add_pupil(classroom=room, nickname="Mira")
lesson = Lesson.objects.create(classroom=room, title="Light", goal="Being brave")
told = [[{"text": "Mira found a lantern. Then the dark was gone.", "source": "model"}]]
Tale.objects.create(
    lesson=lesson, pupil=mira, title="Mira and the lantern", paragraphs=told,
    made="ready", review="assigned", level="easy",
)
"""
TAKE_BACK = (
    "from stories.lessons.models import Tale; Tale.objects.update(review='reviewed')"
)
GIVE_OUT = TAKE_BACK.replace("reviewed", "assigned")


@pytest.fixture(scope="package")
def mira(house, browser):
    """Mira's browser, come in by the pupils' door."""
    manage(house.env, "shell", "-v", "0", "-c", A_CLASS)
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(house.address + "/join")
    page.get_by_label("Class code").fill("OWLSOWL")
    page.get_by_label("Your nickname").fill("Mira")
    for number, picture in enumerate(("fox", "boat", "owl"), 1):
        row = page.get_by_role("group", name=f"Picture {number}")
        row.get_by_label(picture).check(force=True)
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("link", name="Mira and the lantern").click()
    page.get_by_role("link", name=re.compile("Write (how it goes )?on")).click()
    place = page.url
    page.close()
    yield context, place
    context.close()


@pytest.fixture
def open_turn(house, mira):
    context, place = mira
    desks = []

    def open_turn():
        desks.append(Desk(context.new_page(), house.address))
        desks[-1].page.goto(place)
        desks[-1].connected()
        return desks[-1]

    yield open_turn
    complaints = [said for desk in desks for said in desk.complaints]
    for desk in desks:
        desk.page.close()
    assert not complaints, complaints


def put(desk, text):
    count = desk.passages.count()
    desk.page.fill("#entry", text)
    desk.page.get_by_role("button", name="Put it in my story").click()
    desk.expect_count(count + 1)


def test_alone_there_is_one_button_and_it_waits_for_words(open_turn):
    desk = open_turn()
    button = desk.page.locator("#go")
    expect(button).to_have_text("Put it in my story")
    expect(button).to_be_disabled()
    expect(desk.page.locator("#add")).to_be_hidden()
    count = desk.passages.count()

    desk.page.locator("#entry").press("Control+Enter")
    put(desk, "The owl came back.")

    desk.expect_count(count + 1)
    assert desk.text == "The owl came back."
    for look in LOOKS.values():
        desk.page.set_viewport_size(look["viewport"])
        desk.page.emulate_media(color_scheme=look["color_scheme"])
        look_at(desk, 24)


def test_the_keys_of_the_editor_that_ask_the_model_change_nothing(open_turn):
    desk = open_turn()
    put(desk, "It sat on the roof.")
    count = desk.passages.count()
    desk.last.focus()

    for key in ("d", "r", "w"):
        desk.page.keyboard.press(key)

    expect(desk.page.locator("#entry")).to_be_focused()
    desk.page.keyboard.type("It said hoo.")
    desk.page.keyboard.press("Control+Enter")
    desk.expect_count(count + 1)
    expect(desk.last).to_have_attribute("data-author", "person")


def test_undo_reload_and_a_dead_network_lose_nothing(open_turn):
    desk = open_turn()
    put(desk, "It had a letter.")
    count = desk.passages.count()
    desk.last.press("Delete")
    desk.expect_count(count - 1)
    desk.page.click("#undo")
    desk.expect_count(count)

    desk.may_be_away = True
    desk.page.context.set_offline(True)
    expect(desk.page.locator("[data-offline]")).to_be_visible()
    desk.page.fill("#entry", "It read it aloud.")
    desk.page.click("#go")
    expect(desk.page.locator(".unsent")).to_contain_text("It read it aloud.")
    desk.page.context.set_offline(False)

    desk.expect_count(count + 1)
    desk.reload()
    assert desk.text == "It read it aloud."


def test_two_tabs_agree(open_turn):
    one, two = open_turn(), open_turn()
    put(one, "And then it was night.")

    expect(two.last.locator(".passage-text")).to_have_text("And then it was night.")


def test_a_page_that_is_taken_back_says_so_and_keeps_what_is_typed(house, open_turn):
    desk = open_turn()
    desk.page.fill("#entry", "The end.")
    manage(house.env, "shell", "-v", "0", "-c", TAKE_BACK)
    try:
        desk.page.click("#go")

        banner = desk.page.locator("[data-offline]")
        expect(banner).to_contain_text("no longer there", timeout=15_000)
        expect(banner.get_by_role("link", name="My stories")).to_be_visible()
        expect(desk.page.locator("#entry")).to_have_value("The end.")
    finally:
        manage(house.env, "shell", "-v", "0", "-c", GIVE_OUT)
    desk.reload()
    expect(desk.page.locator("#entry")).to_have_value("The end.")
    desk.complaints.clear()  # of the page that was not found meanwhile
