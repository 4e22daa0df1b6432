"""Pages of a story: whose they are, what they show, and what they cost."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stories import map as story_map
from stories import tree
from stories.models import Author, Mode, Passage, Signal, Story
from tests.factories import PassageFactory, StoryFactory

PAGES = ["editor", "path", "map", "settings"]


@pytest.fixture
def browser(wren):
    client = Client()
    client.force_login(wren)
    return client


def address(name, story, *more):
    return reverse(f"stories:{name}", args=[story.pk, *more])


def thread(story, length):
    """A long path without branches, as an import would store it."""
    passages = Passage.objects.bulk_create(
        Passage(
            story=story,
            number=number,
            author=Author.MODEL if number % 2 else Author.PERSON,
            mode=Mode.CONTINUE if number % 2 else Mode.WRITE,
            text=f"Passage {number}. " + "The river went on. " * 12,
        )
        for number in range(1, length + 1)
    )
    for before, after in zip(passages, passages[1:], strict=False):
        after.parent = before
        before.chosen = after
    Passage.objects.bulk_update(passages, ["parent", "chosen"], batch_size=500)
    story.tip = passages[-1]
    story.save()
    return passages


# --- whose ----------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_does_not_find_the_story(crow, story, name):
    client = Client()
    client.force_login(crow)
    assert client.get(address(name, story)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_someone_logged_out_is_asked_to_log_in(client, story, name):
    answer = client.get(address(name, story))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["compare", "saw"])
def test_a_passage_of_another_story_is_not_found(browser, wren, story, name):
    passage = PassageFactory(story=StoryFactory(owner=wren))
    assert browser.get(address(name, story, passage.pk)).status_code == 404


def test_a_stranger_cannot_export_archive_or_delete_the_story(crow, story):
    client = Client()
    client.force_login(crow)
    assert client.get(address("export", story, "json")).status_code == 404
    assert client.post(address("archive", story)).status_code == 404
    assert client.post(address("delete", story)).status_code == 404
    assert Story.objects.filter(pk=story.pk, archived_at=None).exists()


@pytest.mark.parametrize("name", ["archive", "delete"])
def test_a_link_alone_changes_nothing(browser, story, name):
    assert browser.get(address(name, story)).status_code == 405


@pytest.mark.parametrize("name", PAGES)
def test_no_cache_keeps_a_personal_page(browser, story, name):
    answer = browser.get(address(name, story))
    assert "no-store" in answer["Cache-Control"]


# --- what they show ----------------------------------------------------------------


def test_text_is_only_text(browser, story):
    PassageFactory(story=story, text="<img src=x onerror=alert(1)>")
    page = browser.get(address("editor", story)).content.decode()
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_no_page_holds_inline_script_or_style(browser, story):
    PassageFactory(story=story, author=Author.MODEL, direction="Rain.")
    for path in (reverse("stories:library"), address("editor", story)):
        page = browser.get(path).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert page.count("<script") == page.count("<script src=")


def test_the_path_shows_its_end_and_then_what_came_before(browser, story):
    passages = thread(story, 50)
    page = browser.get(address("path", story)).content.decode()
    assert page.count('<article class="passage') == 20
    assert "Passage 50." in page
    assert f"before={passages[30].pk}" in page
    page = browser.get(f"{address('path', story)}?before={passages[30].pk}")
    page = page.content.decode()
    assert page.count('<article class="passage') == 20
    assert "Passage 30." in page
    assert "Passage 31." not in page
    page = browser.get(f"{address('path', story)}?before={passages[10].pk}")
    assert "Show earlier" not in page.content.decode()


def test_a_tab_keeps_where_its_path_begins_while_the_end_grows(browser, story):
    passages = thread(story, 70)
    path = f"{address('path', story)}?count=30&from={passages[40].pk}"
    for _ in range(3):
        PassageFactory(story=story)
    page = browser.get(path).content.decode()
    assert page.count('<article class="passage') == 33
    assert "Show earlier" in page
    elsewhere = f"{address('path', story)}?count=30&from={passages[2].pk}"
    page = browser.get(elsewhere).content.decode()
    assert page.count('<article class="passage') == 30


@pytest.mark.parametrize("wrong", ["before=x", "from=x", "before=99999999", "count=x"])
def test_a_path_that_cannot_be_is_not_found(browser, story, wrong):
    assert browser.get(f"{address('path', story)}?{wrong}").status_code == 404


def test_half_a_sentence_and_what_went_on_from_it_stand_together(browser, story):
    PassageFactory(story=story, text="The kite was")
    PassageFactory(story=story, author=Author.MODEL, text=" red.")
    page = browser.get(address("editor", story)).content.decode()
    assert page.count("goes-on") == 1


def test_who_wrote_what_can_be_switched_off(browser, story):
    PassageFactory(story=story)
    assert "with-authors" in browser.get(address("editor", story)).content.decode()
    Story.objects.update(show_authors=False)
    assert "with-authors" not in browser.get(address("editor", story)).content.decode()


def test_what_the_model_saw_is_shown_with_its_tokens(browser, story):
    saw = [{"part": "settings", "text": "Title: The <river>", "tokens": 7}]
    passage = PassageFactory(story=story, author=Author.MODEL, saw=saw)
    page = browser.get(address("saw", story, passage.pk)).content.decode()
    assert "Title: The &lt;river&gt;" in page
    assert "7 tokens" in page


def test_alternatives_stand_side_by_side(browser, story):
    first = PassageFactory(story=story, text="One way.")
    PassageFactory(story=story, parent=None, text="Another way.")
    page = browser.get(address("compare", story, first.pk)).content.decode()
    assert "One way." in page
    assert "Another way." in page
    assert page.count("Take this one") == 1


# --- the map ----------------------------------------------------------------


def test_the_map_indents_the_branches_left_behind(story):
    root = PassageFactory(story=story, text="Root.")
    left = PassageFactory(story=story, parent=root, text="Left behind.")
    PassageFactory(story=story, parent=left, text="And on.")
    PassageFactory(story=story, parent=root, text="Taken.")
    lines = list(story_map.lines(tree.outline(story=story)))
    assert [(line.row.label, line.depth) for line in lines] == [
        ("Root.", 0),
        ("Left behind.", 1),
        ("And on.", 1),
        ("Taken.", 0),
    ]
    assert [line.forks for line in lines] == [False, True, False, True]


def test_a_long_run_is_folded_on_the_map_and_every_passage_is_there(story):
    thread(story, 100)
    groups = story_map.groups(tree.outline(story=story))
    assert [(len(group.lines), group.folded) for group in groups] == [
        (3, False),
        (94, True),
        (3, False),
    ]


# --- the library ----------------------------------------------------------------


def test_the_library_shows_ones_own_stories_with_how_they_begin(browser, story, crow):
    PassageFactory(story=story, text="The river was high.")
    StoryFactory(owner=crow, title="Not yours")
    page = browser.get(reverse("stories:library")).content.decode()
    assert "The river was high." in page
    assert "1 passage" in page
    assert "Not yours" not in page


def test_the_library_searches_titles_and_text(browser, wren, story):
    other = StoryFactory(owner=wren, title="Snow")
    PassageFactory(story=other, text="A lamp in the window.")
    page = browser.get(reverse("stories:library"), {"q": "LAMP"}).content.decode()
    assert "Snow" in page
    assert "The river" not in page


def test_a_search_for_what_no_text_holds_finds_nothing(browser, story):
    assert browser.get(reverse("stories:library"), {"q": "\x00"}).status_code == 200


def test_an_archived_story_is_out_of_the_way_and_comes_back(browser, story):
    browser.post(address("archive", story))
    page = browser.get(reverse("stories:library")).content.decode()
    assert 'class="story-card"' not in page
    assert "1 story in the archive" in page
    page = browser.get(reverse("stories:library"), {"archived": 1}).content.decode()
    assert "The river" in page
    browser.post(address("archive", story))
    page = browser.get(reverse("stories:library")).content.decode()
    assert 'class="story-card"' in page


def test_a_deleted_story_is_gone(browser, story):
    PassageFactory(story=story)
    assert browser.post(address("delete", story)).status_code == 302
    assert not Story.objects.exists()
    assert not Passage.objects.exists()


def test_a_new_story_opens_with_its_first_words(browser, wren):
    answer = browser.post(
        reverse("stories:create"),
        {"title": "Kite", "form": "diary", "opening": "It was red."},
    )
    story = Story.objects.get(owner=wren)
    assert answer.url == address("editor", story)
    assert (story.title, story.form, story.tip.text) == ("Kite", "diary", "It was red.")


def test_a_form_that_cannot_be_is_refused_and_what_was_typed_stays(browser):
    answer = browser.post(
        reverse("stories:create"), {"form": "opera", "opening": "It was red."}
    )
    assert answer.status_code == 400
    assert "It was red." in answer.content.decode()
    assert not Story.objects.exists()


# --- files ----------------------------------------------------------------


def test_a_story_goes_out_and_comes_back_as_json(browser, wren, story):
    PassageFactory(story=story, text="The river was high.")
    PassageFactory(story=story, parent=None, text="Or low.")
    out = browser.get(address("export", story, "json"))
    assert out["Content-Disposition"] == 'attachment; filename="the-river.json"'
    file = SimpleUploadedFile("the-river.json", out.content)
    answer = browser.post(reverse("stories:import"), {"file": file})
    new = Story.objects.exclude(pk=story.pk).get(owner=wren)
    assert answer.url == address("editor", new)
    assert sorted(new.passages.values_list("text", flat=True)) == [
        "Or low.",
        "The river was high.",
    ]


@pytest.mark.parametrize("content", [b"", b"no json", b"\xff\xfe", b"[]", b"[" * 9999])
def test_a_file_that_is_no_story_is_refused_with_a_sentence(browser, content):
    file = SimpleUploadedFile("story.json", content)
    answer = browser.post(reverse("stories:import"), {"file": file})
    assert answer.status_code == 400
    assert 'class="errorlist"' in answer.content.decode()
    assert not Story.objects.exists()


@pytest.mark.parametrize("kind", ["md", "txt"])
def test_the_chosen_path_goes_out_to_be_read(browser, story, kind):
    PassageFactory(story=story, text="The river was high.")
    answer = browser.get(address("export", story, kind))
    assert "The river was high." in answer.content.decode()
    assert answer["Content-Disposition"].endswith(f'the-river.{kind}"')


def test_an_imported_title_is_only_text(browser, story):
    data = json.loads(browser.get(address("export", story, "json")).content)
    text = json.dumps(data).replace("The river", "<b>The river</b>")
    file = SimpleUploadedFile("story.json", text.encode())
    browser.post(reverse("stories:import"), {"file": file})
    page = browser.get(reverse("stories:library")).content.decode()
    assert "<b>" not in page


# --- what they cost ----------------------------------------------------------------


def queries(browser, path):
    browser.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", PAGES)
def test_a_long_story_costs_no_more_queries_than_a_short_one(browser, wren, name):
    short, long = StoryFactory(owner=wren), StoryFactory(owner=wren)
    for story, length in ((short, 20), (long, 2000)):
        passages = thread(story, length)
        for passage in passages[-8:]:
            passage.signals.create(kind=Signal.Kind.UP)
            PassageFactory(story=story, parent=passage.parent, lead_to_it=False)
    few = queries(browser, address(name, short))
    assert queries(browser, address(name, long)) <= few
    assert few <= 12


def test_a_full_library_costs_no_more_queries_than_an_empty_shelf(browser, wren):
    PassageFactory(story=StoryFactory(owner=wren))
    few = queries(browser, reverse("stories:library"))
    for _ in range(20):
        PassageFactory(story=StoryFactory(owner=wren))
    assert queries(browser, reverse("stories:library")) == few
