"""A new person's way through their profile, and an admin's; nothing complains."""

import re

import pytest
from playwright.sync_api import expect

from stories.bench.processes import manage

PASSWORD = "a lamp and 7 old stars"


@pytest.fixture
def visitor(open_desk):
    return open_desk(storage_state=None)


def test_a_new_person_walks_the_three_steps_by_keyboard_and_mouse(visitor):
    page = visitor.page
    visitor.sign_up("siskin@example.org")

    page.fill("[name=what]", "I learned to swim in the cold lake")
    page.get_by_label("Keep to myself").check()
    page.get_by_role("button", name="Next: values").click()

    # Pressed before the scripts are there, the form would be sent the plain way.
    page.wait_for_load_state()
    page.get_by_role("button", name="kindness", exact=True).press("Enter")
    expect(page.locator("#pick-kindness")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#pick-kindness")).to_be_focused()
    page.get_by_label("Your own word").fill("telling the truth slowly")
    page.get_by_label("Your own word").press("Enter")
    ranked = page.locator(".ranked li > span")
    expect(ranked).to_have_text(["kindness", "telling the truth slowly"])
    # The new rows have settled: a key pressed sooner once lost its focus.
    expect(page.locator("#values")).not_to_have_class(re.compile("htmx-"))
    page.get_by_role("button", name="Move telling the truth slowly up").press("Enter")
    expect(ranked).to_have_text(["telling the truth slowly", "kindness"])
    up = page.get_by_role("button", name="Move telling the truth slowly up")
    expect(up).to_be_focused()
    page.get_by_role("button", name="Next: tone").click()

    page.get_by_label("Wistful").check()
    page.get_by_label("Pace").press("ArrowRight")
    page.get_by_role("button", name="Keep and finish").click()
    for told in ("I learned to swim", "telling the truth slowly", "rather restless"):
        expect(page.locator("main")).to_contain_text(told)


def test_the_steps_work_without_javascript(open_desk):
    desk = open_desk(storage_state=None, java_script_enabled=False)
    page = desk.page
    desk.sign_up("plain@example.org")

    desk.go("/you/values")
    for value in ("kindness", "hope"):
        page.click(f"#pick-{value}")
    page.get_by_role("button", name="Move hope up").click()

    expect(page.locator(".ranked li > span")).to_have_text(["hope", "kindness"])


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_about_a_person_is_wider_than_the_window(open_desk, width):
    desk = open_desk(viewport={"width": width, "height": 740})
    pages = "/you/ /you/experiences /you/values /you/tone /you/account /you/data"
    pages += " /you/data/erase /accounts/email/ /accounts/password/change/"
    for path in pages.split():
        desk.go(path)
        over = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, path


def test_an_admin_works_under_the_strict_policy_of_the_pages(visitor, house):
    env = {**house.env, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    manage(env, "createsuperuser", "--noinput", "--email", "owl@example.org")
    page = visitor.page
    visitor.go("/admin/")
    page.get_by_label("E-mail").fill("owl@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    visitor.go("/admin/users/user/?q=wren")
    page.locator(".action-select").first.check()
    page.select_option("select[name=action]", "make_teacher")
    page.click("button[name=index]")
    expect(page.locator(".messagelist")).to_contain_text("1 account changed")

    for path in ("users/experience/", "stories/story/", "stories/passage/"):
        visitor.go("/admin/" + path)
        expect(page.locator("#content h1")).to_contain_text("Select")
