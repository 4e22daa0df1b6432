"""Your turn: the same editor, under the rules of a class."""

import pytest
from django.urls import reverse

from stories import services
from stories.lessons import reading as verbs
from stories.lessons import turns
from stories.lessons.models import Tale, Turn
from stories.models import Passage, Story
from tests.factories import PupilFactory

pytestmark = pytest.mark.django_db
BACKEND = "users.classrooms.backend.PupilBackend"


@pytest.fixture
def browser(client, mira):
    client.force_login(mira.account, backend=BACKEND)
    return client


def write(page, text):
    return services.request_passage(story=page, mode="write", text=text)


def ask(page, **wish):
    asked = services.request_passage(story=page, **{"mode": "continue"} | wish)
    turns.write(asked.pk)
    asked.refresh_from_db()
    return asked


# --- the page ----------------------------------------------------------------------
def test_the_story_leads_to_the_page_it_is_written_on(browser, tale):
    shown = browser.get(reverse("reading:read", args=[tale.pk])).content.decode()
    assert reverse("reading:turn", args=[tale.pk]) in shown

    page = browser.get(reverse("reading:turn", args=[tale.pk])).content.decode()

    story = Story.objects.get()
    assert f'data-socket="/ws/turns/{story.pk}/"' in page
    assert "because the dark was gone." in page  # how the story ended
    assert "Your teacher can read" in page


def test_opening_it_twice_is_one_page_and_the_own_story_another(browser, tale):
    for name in ("turn", "turn", "own", "own"):
        browser.get(reverse(f"reading:{name}", args=[tale.pk]))

    assert sorted(Turn.objects.values_list("own", flat=True)) == [False, True]
    assert Story.objects.count() == 2


@pytest.mark.parametrize("name", ["turn", "own"])
def test_nothing_of_the_private_house_is_on_it(browser, tale, allow, name):
    allow("helped")
    address = reverse(f"reading:{name}", args=[tale.pk])
    browser.get(address)
    story = Story.objects.get()
    asked = services.request_passage(story=story, mode="write", text="An owl.")
    Passage.objects.filter(pk=asked.pk).update(author="model", mode="continue")

    shown = browser.get(address).content.decode()

    for part in ("export", "/voice", 'id="tone"', "data-turn=", "settings-dialog",
                 "arc-dialog", 'data-do="up"', 'data-do="feels"', "saw-dialog",
                 "/stories/"):  # fmt: skip
        assert part not in shown.replace(reverse("stories:words"), ""), part
    assert "Storyloom (a machine)" in shown


@pytest.mark.parametrize(("writing", "there"), [("own", False), ("helped", True)])
def test_asking_the_model_is_offered_only_where_it_is_allowed(
    browser, tale, allow, writing, there
):
    allow(writing)

    page = browser.get(reverse("reading:turn", args=[tale.pk])).content.decode()

    assert ('value="direct"' in page) is there
    assert ("data-alone" in page) is not there


@pytest.mark.parametrize("part", ["", "_path", "_map"])
@pytest.mark.parametrize("name", ["turn", "own"])
def test_where_pupils_only_read_there_is_no_such_page(browser, tale, allow, name, part):
    allow("none")

    address = reverse(f"reading:{name}{part}", args=[tale.pk])
    assert browser.get(address).status_code == 404
    assert not Turn.objects.exists()


def test_path_and_map_show_what_is_written(browser, tale, page):
    write(page, "Then the owl came.")
    for part in ("path", "map"):
        shown = browser.get(reverse(f"reading:turn_{part}", args=[tale.pk]))
        assert "Then the owl came." in shown.content.decode()


def test_a_page_of_a_class_is_found_by_no_private_address(client, page, wren, mira):
    for person, backend in ((wren, None), (mira.account, BACKEND)):
        client.force_login(person, backend=backend)
        for name in ("editor", "path", "map", "settings", "arc"):
            address = reverse(f"stories:{name}", args=[page.pk])
            assert client.get(address).status_code == 404
        assert client.get(f"/stories/{page.pk}/export.json").status_code == 404


# --- the rules ----------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["continue", "direct"])
def test_the_model_writes_only_if_the_teacher_allowed_it(page, allow, mode):
    allow("own")

    with pytest.raises(services.Refused, match="not_allowed"):
        services.request_passage(story=page, mode=mode, text="An owl.")

    assert not Passage.objects.exists()


def test_allowing_it_later_does_not_bring_back_what_was_refused(page, allow, scribe):
    allow("helped")
    asked = services.request_passage(story=page, mode="continue")
    allow("own")

    turns.write(asked.pk)

    asked.refresh_from_db()
    assert (asked.status, asked.text) == ("failed", "") and not scribe.prompts
    assert "own words" in asked.error


def test_a_sentence_comes_whole_and_says_that_a_machine_wrote_it(
    page, allow, scribe, browser, tale
):
    allow("helped")
    write(page, "Then the owl came.")

    asked = ask(page)

    assert asked.status == "finished" and asked.text.endswith(".")
    assert "owl" in str(scribe.prompts[-1].messages)
    assert "".join(part["text"] for part in asked.saw).count("owl") == 1
    shown = browser.get(reverse("reading:turn_path", args=[tale.pk])).content.decode()
    assert "Storyloom (a machine)" in shown and asked.text in shown


def test_a_story_of_their_own_knows_nothing_of_the_one_they_read(
    tale, mira, allow, scribe
):
    allow("helped")
    read = verbs.open_tale(tale=tale, pupil=mira)
    own = verbs.open_turn(reading=read, own=True)
    write(verbs.open_turn(reading=read), "Then the owl came.")
    write(own, "Once I met a whale.")

    ask(own)

    asked = str(scribe.prompts[-1].messages)
    assert "whale" in asked and "owl" not in asked and "gate" not in asked


def test_what_does_not_pass_the_screen_is_never_saved_and_never_shown(
    page, allow, scribe, browser, tale
):
    allow("helped")
    write(page, "RUDENOW she said.")

    asked = ask(page)

    assert (asked.status, asked.text) == ("failed", "")
    assert "Try again, or write one" in asked.error
    shown = browser.get(reverse("reading:turn_path", args=[tale.pk])).content.decode()
    assert "stupid" not in shown and "Try again, or write one" in shown


def test_the_name_of_a_classmate_never_comes_from_the_model(
    page, allow, scribe, room, monkeypatch
):
    PupilFactory(classroom=room, nickname="Oskar")
    allow("helped")
    monkeypatch.setattr(
        "stories.lessons.turns.Drawer.best",
        lambda *args, **asked: turns.Line("Then Oskar came to the door."),
    )

    assert ask(page).text == ""


def test_a_retry_is_another_sentence_beside_the_first(page, allow, scribe):
    allow("helped")
    first = ask(page)
    second = services.retry_passage(passage=first)
    turns.write(second.pk)
    second.refresh_from_db()

    assert second.parent_id == first.parent_id and second.text
    page.refresh_from_db()
    assert page.tip_id == second.pk
    services.undo(story=page)
    assert page.tip_id == first.pk


def test_undo_and_an_edit_keep_what_was_there(page):
    owl = write(page, "Then the owl came.")
    services.edit_passage(passage=owl, text="Then an old owl came.")
    services.delete_passage(passage=owl)
    services.undo(story=page)
    services.undo(story=page)

    owl.refresh_from_db()
    assert (owl.text, owl.deleted_at) == ("Then the owl came.", None)


@pytest.mark.parametrize(
    "values", [{"tone": "sad"}, {"note": "x"}, {"show_authors": False}]
)
def test_only_the_title_can_be_set(page, values):
    with pytest.raises(services.Refused, match="bad_field"):
        services.change_settings(story=page, values=values)
    services.change_settings(story=page, values={"title": "My owl"})

    page.refresh_from_db()
    assert page.title == "My owl"


def test_a_page_and_a_piece_have_an_end(page, monkeypatch):
    with pytest.raises(services.Refused, match="too_long"):
        write(page, "x" * 4001)
    monkeypatch.setattr("stories.lessons.rules.InClass.most", 2)
    for text in ("One.", "Two."):
        write(page, text)
    with pytest.raises(services.Refused, match="story_full"):
        write(page, "Three.")


def test_an_engine_that_fails_leaves_a_sentence(page, allow, scribe):
    allow("helped")
    write(page, "FAILNOW she said.")

    assert ask(page).status == "failed"


def test_a_stop_shows_nothing(page, allow, scribe):
    import threading

    allow("helped")
    asked = services.request_passage(story=page, mode="continue")
    scribe.gate.clear()

    def stop():
        Passage.objects.filter(pk=asked.pk).update(stop_asked=True)

    # The writer looks for the wish by itself; here it is there before it begins.
    stop()
    timer = threading.Timer(5, scribe.gate.set)
    timer.start()
    turns.write(asked.pk)
    timer.cancel()

    asked.refresh_from_db()
    assert (asked.status, asked.text) == ("stopped", "")


def test_two_deliveries_write_one_sentence(page, allow, scribe):
    allow("helped")
    asked = ask(page)
    count = len(scribe.prompts)

    turns.write(asked.pk)

    assert len(scribe.prompts) == count


# --- the teacher ---------------------------------------------------------------------
@pytest.fixture
def teacher(client, robin):
    client.force_login(robin)
    return client


def read_pupil(client, mira):
    address = reverse("lessons:pupil", args=[mira.classroom_id, mira.pk])
    return client.get(address).content.decode()


def test_a_teacher_reads_all_of_it_and_sees_who_wrote_what(
    page, mira, allow, scribe, teacher
):
    allow("helped")
    kept = write(page, "The owl came back.")
    services.edit_passage(passage=kept, text="The old owl came back.")
    said = ask(page, mode="direct", text="It brings a gift.")
    gone = write(page, "Nobody should read this.")
    services.delete_passage(passage=gone)

    shown = read_pupil(teacher, mira)

    told = ["The old owl came back.", "The owl came back.", said.text, "AI text",
            "It brings a gift.", "Nobody should read this."]  # fmt: skip
    assert not [text for text in told if text not in shown]


def test_what_another_pupil_wrote_is_not_there(page, room, teacher):
    write(page, "The owl came back.")

    assert "owl" not in read_pupil(teacher, PupilFactory(classroom=room))


def test_taking_a_story_back_closes_the_page(page, tale, browser):
    Tale.objects.update(review="reviewed")

    for name in ("turn", "turn_path", "turn_map"):
        address = reverse(f"reading:{name}", args=[tale.pk])
        assert browser.get(address).status_code == 404
