import copy
import json

import pytest

from stories import exchange, services, tree, writing
from stories.models import Mode, Status, Story
from tests.factories import PassageFactory, StoryFactory
from training.services import engine

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(story):
    """A story with branches, a revision, signals, a deletion and a tricky text."""
    opening = PassageFactory(story=story, text="<img src=x onerror=alert(1)> שלום 🦊")
    second = PassageFactory(story=story, text="A second beginning.", parent=opening)
    services.edit_passage(passage=second, text="A better second.", was=0)
    third = PassageFactory(
        story=story,
        parent=opening,
        author="model",
        mode=Mode.DIRECT,
        direction="Let it rain.",
        replaces=second,
        model="echo",
        seed=7,
        sampling={"temperature": 0.8, "stop": []},
        tokens=5,
        text="Rain fell.",
        status=Status.STOPPED,
        never_train=True,
    )
    services.give_feedback(passage=third, kind="down", reason="too wet")
    services.choose_passage(passage=second)
    gone = PassageFactory(story=story, parent=second, text="To be deleted.")
    services.delete_passage(passage=gone)
    services.change_settings(
        story=story, values={"tone": "wistful", "note": "Slowly.", "form": "diary"}
    )
    story.refresh_from_db()
    return story


def test_a_story_comes_back_as_it_left(told, crow):
    file = json.loads(json.dumps(exchange.export_story(story=told)))
    copied = exchange.import_story(person=crow, data=file)
    assert copied.pk != told.pk and copied.owner == crow
    assert exchange.export_story(story=copied) == file
    assert [p.text for p in tree.path(story=copied).passages] == [
        p.text for p in tree.path(story=told).passages
    ]


def test_a_file_holds_no_id_of_this_database(told):
    text = json.dumps(exchange.export_story(story=told))
    assert str(told.pk) not in text
    assert told.owner.email not in text


def test_an_imported_story_can_be_gone_on_with(told, crow):
    copied = exchange.import_story(person=crow, data=exchange.export_story(story=told))
    services.request_passage(story=copied, mode=Mode.WRITE, text="And on.")
    assert tree.path(story=copied).passages[-1].text == "And on."


def test_the_smallest_file_is_enough(wren):
    file = {"format": "storyloom-story", "version": 1, "story": {}, "passages": []}
    assert exchange.import_story(person=wren, data=file).title == ""


def spoil(change):
    def spoiled(file):
        change(file)
        return file

    return spoiled


BAD = {
    "a list": lambda file: [file],
    "nothing": lambda file: None,
    "another format": spoil(lambda f: f.update(format="novel")),
    "a newer version": spoil(lambda f: f.update(version=2)),
    "an unknown field of the file": spoil(lambda f: f.update(owner=1)),
    "an unknown field of the story": spoil(lambda f: f["story"].update(owner_id=3)),
    "an unknown field of a passage": spoil(lambda f: f["passages"][0].update(id=3)),
    "a foreign id": spoil(lambda f: f["passages"][1].update(parent=4711)),
    "a foreign tip": spoil(lambda f: f["story"].update(tip=4711)),
    "a deleted tip": spoil(lambda f: f["story"].update(tip=4)),
    "a passage after itself": spoil(lambda f: f["passages"][1].update(parent=2)),
    "a circle": spoil(lambda f: f["passages"][0].update(parent=2)),
    "a chosen one elsewhere": spoil(lambda f: f["passages"][1].update(chosen=3)),
    "a number twice": spoil(lambda f: f["passages"][1].update(number=1)),
    "a number as text": spoil(lambda f: f["passages"][1].update(number="2")),
    "a number as truth": spoil(lambda f: f["passages"][1].update(number=True)),
    "a negative number": spoil(lambda f: f["passages"][1].update(number=-1)),
    "a huge number": spoil(lambda f: f["passages"][1].update(number=10**30)),
    "text as a number": spoil(lambda f: f["passages"][1].update(text=5)),
    "no text": spoil(lambda f: f["passages"][1].pop("text")),
    "an endless text": spoil(lambda f: f["passages"][1].update(text="a" * 100_001)),
    "an unknown author": spoil(lambda f: f["passages"][1].update(author="admin")),
    "one still being written": spoil(
        lambda f: f["passages"][1].update(status="writing")
    ),
    "a passage as text": spoil(lambda f: f["passages"].append("hello")),
    "a wrong time": spoil(lambda f: f["passages"][1].update(created_at="soon")),
    "a missing revision": spoil(lambda f: f["passages"][1].update(revision=9)),
    "a revision twice": spoil(
        lambda f: f["passages"][1]["revisions"].append(f["passages"][1]["revisions"][0])
    ),
    "a signal over nothing": spoil(
        lambda f: f["passages"][2]["signals"][0].update(over=99)
    ),
    "deep facts": spoil(lambda f: f["passages"][2].update(sampling={"a": {"b": "c"}})),
    "a fact that is no number": spoil(
        lambda f: f["passages"][2].update(sampling={"top_p": float("nan")})
    ),
    "a fact no database takes": spoil(
        lambda f: f["passages"][2].update(tone_measured={"\x00": 1})
    ),
    "a fact with an endless name": spoil(
        lambda f: f["passages"][2].update(tone_measured={"a" * 1000: 1})
    ),
    "an endless fact": spoil(
        lambda f: f["passages"][2].update(sampling={"seed": 10**1000})
    ),
    "a time before all times": spoil(
        lambda f: f["passages"][1].update(created_at="0001-01-01T00:00:00+14:00")
    ),
    "a time after all times": spoil(
        lambda f: f["story"].update(created_at="9999-12-31T23:59:59-14:00")
    ),
    "a field no page can show": spoil(lambda f: f.update({"\ud800": 1})),
    "a revision with no number after it": spoil(
        lambda f: f["passages"][0].update(
            revisions=[{"number": 2**31 - 1, "author": "person", "text": "a"}]
        )
    ),
    "a passage with no number after it": spoil(
        lambda f: f["passages"].append(f["passages"][0] | {"number": 2**31 - 1})
    ),
    "too many passages": spoil(
        lambda f: f["passages"].extend([f["passages"][0]] * 5001)
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_a_sentence(told, crow, name):
    file = BAD[name](copy.deepcopy(exchange.export_story(story=told)))
    with pytest.raises(services.Refused) as refused:
        exchange.import_story(person=crow, data=file)
    assert refused.value.sentence.endswith(".")
    assert "%" not in refused.value.sentence
    refused.value.sentence.encode()  # it can be put on a page
    assert not Story.objects.owned_by(crow).exists()


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b"not json", b"[" * 200_000, b" " * (10 * 1024 * 1024 + 1)]
)
def test_what_is_no_story_file_is_refused(data):
    with pytest.raises(services.Refused):
        exchange.read(data)


def test_unstorable_characters_are_left_out(wren):
    passage = {"number": 1, "author": "person", "mode": "write", "text": "a\x00b\ud800"}
    file = {"format": "storyloom-story", "version": 1, "story": {"tip": 1}}
    story = exchange.import_story(person=wren, data=file | {"passages": [passage]})
    assert story.tip.text == "ab"


def test_imported_words_are_screened_like_typed_ones(wren):
    passage = {"number": 1, "author": "person", "mode": "write", "care": False}
    passage["text"] = "I want to kill myself."
    file = {"format": "storyloom-story", "version": 1, "story": {"tip": 1}}
    story = exchange.import_story(person=wren, data=file | {"passages": [passage]})
    assert story.tip.care and story.tip.never_train


def test_the_chosen_path_is_written_as_text(told):
    text = exchange.as_text(story=told)
    assert text.startswith("The river\n\n<img src=x onerror=alert(1)> שלום 🦊\n\n")
    assert text.endswith("A better second.\n")
    assert "Rain fell." not in text and "deleted" not in text


def test_a_direction_granted_is_in_no_export_and_no_later_prompt(story):
    asked = {"author": "model", "mode": Mode.DIRECT, "direction": "Let it rain."}
    PassageFactory(story=story, text="Drops fell on the roof.", **asked)
    later = services.request_passage(story=story, mode="continue")
    assembled = writing.assemble(later, engine(), 100)
    told = [exchange.as_text(story=story), exchange.as_markdown(story=story)]
    for text in [*told, str(assembled.prompt), str(assembled.saw)]:
        assert "Drops fell" in text
        assert "Let it rain" not in text


def test_text_stays_text_in_markdown(told):
    told.title = "# *Stars* <b>"
    told.save()
    text = exchange.as_markdown(story=told)
    assert text.startswith("# \\# \\*Stars\\* \\<b\\>\n\n\\<img")


def test_half_a_sentence_and_what_continued_it_are_one_paragraph(story):
    PassageFactory(story=story, text="She opened the")
    PassageFactory(story=story, text=" door.", author="model", mode=Mode.CONTINUE)
    assert exchange.as_text(story=story).endswith("She opened the door.\n")


def test_a_large_story_is_imported_in_few_queries(wren, django_assert_max_num_queries):
    passages = [
        {"number": n, "parent": n - 1 or None, "author": "model", "mode": "continue",
         "text": f"Passage {n}."}
        for n in range(1, 1001)
    ]  # fmt: skip
    file = {"format": "storyloom-story", "version": 1, "story": {"tip": 1000}}
    with django_assert_max_num_queries(60):
        exchange.import_story(person=wren, data=file | {"passages": passages})


def test_an_empty_story_can_leave_and_come_back(crow):
    story = StoryFactory(title="")
    file = json.loads(json.dumps(exchange.export_story(story=story)))
    copied = exchange.import_story(person=crow, data=file)
    assert exchange.export_story(story=copied) == file
    assert exchange.as_text(story=story) == "\n"
