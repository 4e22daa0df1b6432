"""A teacher and a pupil at real browsers, with the bundled model: list to answer."""

import re

import pytest
from playwright.sync_api import expect

from stories.bench.processes import manage
from tests.e2e.conftest import House
from tests.e2e.desk import Desk
from tests.e2e.test_look import LOOKS, look_at

PASSWORD = "a lamp and 7 old stars"
LIST = "nickname,level,pronoun,interests\nMira,easy,she,old trains\n=1+1,easy,,\n"
MAKE_TEACHER = (
    "from users.models import User; "
    "User.objects.filter(email='robin@example.org').update(role='teacher')"
)
#: A browser here has no voice: this one says each sentence in a moment.
A_VOICE = """
window.saidAloud = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ localService: true, lang: "en-GB" }],
  addEventListener() {},
  cancel() {},
  speak(said) {
    window.saidAloud.push([said.text, document.querySelector(".lit")?.textContent]);
    setTimeout(() => said.onend(), 5);
  },
} });
"""


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A house of its own, which writes with the real model."""
    house = House(tmp_path_factory.mktemp("school"))
    house.env |= {"STORYLOOM_MODEL": "seedling", "STORYLOOM_THREADS": "1"}
    manage(house.env, "migrate", "--verbosity", "0")
    house.start()
    yield house
    house.process.stop()


@pytest.fixture
def open_school(school, browser):
    """Opens browsers at the school; afterwards, no page may have complained."""
    contexts, desks = [], []
    # Here a model writes beside the browser: a busy machine is slow, not wrong.
    expect.set_options(timeout=30_000)

    def open_school(**options):
        contexts.append(browser.new_context(reduced_motion="reduce", **options))
        desks.append(Desk(contexts[-1].new_page(), school.address))
        return desks[-1]

    yield open_school
    expect.set_options(timeout=5_000)
    complaints = [said for desk in desks for said in desk.complaints]
    for context in contexts:
        context.close()
    assert not complaints, complaints


def looked_at_in_both_ways(desk):
    expect(desk.page.locator("h1").first).to_be_visible()
    desk.page.wait_for_load_state()
    for look in LOOKS.values():
        desk.page.set_viewport_size(look["viewport"])
        desk.page.emulate_media(color_scheme=look["color_scheme"])
        look_at(desk, 24)


def click(page, name):
    page.get_by_role("button", name=name).click()


@pytest.mark.slow
def test_a_lesson_from_the_class_list_to_the_answers_of_a_child(school, open_school):
    teacher = open_school()
    page = teacher.page
    teacher.sign_up("robin@example.org")
    manage(school.env, "shell", "-v", "0", "-c", MAKE_TEACHER)

    # --- a class, and who is in it
    teacher.go("/classes/")
    looked_at_in_both_ways(teacher)
    page.get_by_label("Name of the class").fill("The Kestrels")
    page.get_by_label("Safeguarding contact").fill("Ms Okafor")
    page.get_by_label("How to reach them").fill("room 12")
    page.get_by_label("Their e-mail").fill("okafor@school.example")
    click(page, "Make the class")
    page.set_input_files(
        "[type=file]",
        {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()},
    )
    click(page, "Look at it first")
    expect(page.locator(".is-wrong")).to_contain_text("like a formula")
    looked_at_in_both_ways(teacher)
    click(page, "Do this")
    expect(page.locator(".pupils")).to_contain_text("old trains")
    looked_at_in_both_ways(teacher)
    code = page.locator(".code-of-class strong").inner_text()
    page.get_by_role("link", name="Join cards").click()
    expect(page.locator(".join-cards")).to_contain_text(code)
    looked_at_in_both_ways(teacher)

    # --- a lesson, made by the model
    page.go_back()
    page.get_by_role("link", name="Learning stories").click()
    page.get_by_role("link", name="Plan a lesson").click()
    looked_at_in_both_ways(teacher)
    page.get_by_label("Title").fill("Light")
    page.get_by_label("Goal").fill("Being brave in the dark")
    page.locator("#id_word0-word").fill("lantern")
    page.locator("#id_word0-meaning").fill("a lamp you can carry")
    page.get_by_label("Facts that must be told truly").fill("Owls see well at night.")
    page.get_by_label("After reading, pupils may").select_option("helped")
    click(page, "Look at the plan")
    click(page, "Make the stories")
    expect(page.locator("#tales h2")).to_have_text(
        "Stories: 2 of 2 ready", timeout=120_000
    )
    looked_at_in_both_ways(teacher)

    # --- opened, changed, approved, given out
    page.get_by_role("link", name=re.compile("^Mira")).click()
    expect(page.locator(".tale-text")).to_contain_text("“Owls see well at night.”")
    looked_at_in_both_ways(teacher)
    text = page.get_by_label("Text").input_value()
    page.get_by_label("Text").fill(text + " Then it was time to sleep.")
    click(page, "Keep the change")
    expect(page.locator(".line.by-teacher").first).to_have_text(
        "Then it was time to sleep."
    )
    click(page, "Approve")
    click(page, "Give it to Mira")
    expect(page.locator(".chip.good")).to_have_text("assigned")

    # --- the child
    child = open_school()
    reader = child.page
    reader.add_init_script(A_VOICE)
    child.go("/join")
    looked_at_in_both_ways(child)
    reader.get_by_label("Class code").fill(code.lower())
    reader.get_by_label("Your nickname").fill("mira")
    for number, picture in enumerate(("fox", "boat", "owl"), 1):
        row = reader.get_by_role("group", name=f"Picture {number}")
        row.get_by_label(picture).focus()
        reader.keyboard.press("Space")
    click(reader, "Come in")
    looked_at_in_both_ways(child)
    reader.get_by_role("link", name=re.compile("^Mira")).click()
    expect(reader.locator(".tale-body")).to_contain_text("Then it was time to sleep.")
    looked_at_in_both_ways(child)
    reader.locator("button.word").first.press("Enter")
    expect(reader.locator(".meaning:popover-open")).to_contain_text("a lamp you can")
    reader.keyboard.press("Escape")
    click(reader, "Read to me")
    expect(reader.get_by_role("button", name="Read to me")).to_be_visible()
    said = reader.evaluate("window.saidAloud")
    assert len(said) > 3 and all(spoken == lit for spoken, lit in said)
    assert said[-1][0] == "Then it was time to sleep."
    click(reader, "More space")
    expect(reader.locator("[data-tale]")).to_have_attribute("data-spaced", "")
    reader.reload()
    expect(reader.locator("[data-tale]")).to_have_attribute("data-spaced", "")
    for question in reader.locator("fieldset.question").all():
        radios = question.locator("input[type=radio]")
        if radios.count():
            radios.first.check()
        else:
            question.locator("textarea").fill("I was brave at the sea.")
    click(reader, "These are my answers")
    expect(reader.locator(".given").first).to_be_visible()
    click(reader, "I loved it")
    looked_at_in_both_ways(child)

    # --- their turn, in the editor
    reader.get_by_role("link", name="Write how it goes on").click()
    expect(reader.locator(".ending")).to_contain_text("Then it was time to sleep.")
    looked_at_in_both_ways(child)
    reader.locator("#entry").fill("The owl came back.")
    click(reader, "Only add")
    expect(reader.locator(".by-person")).to_contain_text("The owl came back.")
    reader.locator("#entry").fill("It is not sent yet.")
    reader.reload()  # what is typed is still there, as in every editor
    expect(reader.locator("#entry")).to_have_value("It is not sent yet.")
    reader.locator("#entry").fill("")
    click(reader, "Continue")
    said = reader.locator(".by-model[data-status=finished] .passage-text")
    expect(said).to_have_text(re.compile(r"\S.*[.!?]”?$"))
    expect(reader.locator(".by-model .who")).to_contain_text("a machine")
    looked_at_in_both_ways(child)
    reader.keyboard.press("Escape")
    reader.locator(".by-model").press("Enter")
    edit = reader.locator(".edit textarea")
    edit.fill("The owl had a letter.")
    edit.press("Control+Enter")
    expect(reader.locator(".by-both .who")).to_contain_text("changed by you")
    click(reader, "Undo: editing")
    expect(reader.locator(".by-model")).to_be_visible()
    click(reader, "Redo: editing")
    reader.locator("#entry").fill("I want to kill myself.")
    click(reader, "Only add")
    expect(reader.locator(".care").last).to_contain_text("Ms Okafor are told")
    looked_at_in_both_ways(child)
    reader.get_by_role("link", name="Back to the story").click()
    expect(reader.locator(".begun")).to_contain_text("kill myself")

    # --- and what the teacher sees of it
    page.get_by_role("link", name="Light", exact=True).click()
    page.get_by_role("link", name="The Kestrels").click()
    page.get_by_role("link", name="Progress").click()
    expect(page.locator(".rows")).to_contain_text("1 / 1")
    looked_at_in_both_ways(teacher)
    page.locator(".rows").get_by_role("link", name="Mira").click()
    told = ["I was brave at the sea.", "The owl came back.", "The owl had a letter.",
            "AI text, changed by Mira", "liked it: 5 of 5"]  # fmt: skip
    for words in told:
        expect(page.locator("main")).to_contain_text(words)
    looked_at_in_both_ways(teacher)

    # --- and is asked to look at
    page.get_by_role("link", name="1 pupil wrote something to look at").click()
    expect(page.locator(".notice")).to_contain_text("I want to kill myself.")
    expect(page.locator(".notice")).to_contain_text("A letter went to Ms Okafor")
    looked_at_in_both_ways(teacher)
    page.get_by_label("I have spoken with the child").check()
    click(page, "It is seen to")
    expect(page.locator(".to-see")).to_have_count(0)

    # --- on paper, and for the family
    page.get_by_role("link", name="Classes").first.click()
    page.get_by_role("link", name="The Kestrels").click()
    page.get_by_role("link", name="Mira").click()
    click(page, "Make a link")
    looked_at_in_both_ways(teacher)
    family = open_school()
    family.go(page.locator("#family a.long").inner_text().partition(school.address)[2])
    looked_at_in_both_ways(family)
    family.page.get_by_role("link", name=re.compile("^Mira")).click()
    expect(family.page.locator(".tale-body")).to_contain_text("time to sleep.")
    looked_at_in_both_ways(family)
    click(page, "Take the link back")
    expect(page.get_by_role("button", name="Make a link")).to_be_visible()
    assert family.page.reload().status == 404
    family.complaints.clear()  # of that 404
