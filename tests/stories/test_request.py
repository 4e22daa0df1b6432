from datetime import timedelta

import pytest
from django.utils import timezone

from stories import services, tree, writing
from stories.models import Author, Mode, Passage, Status, Story, Tone
from tests.factories import PassageFactory, ProfileFactory, StoryFactory

socket = pytest.mark.django_db(transaction=True)
database = pytest.mark.django_db


@socket
async def test_a_continued_passage_streams_in_and_is_saved(editor, story, wren):
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="continue")
    finished = await page.until("passage.finished")
    assert finished["passage"] == ack["passage"]
    passage = await story.passages.aget()
    assert passage.text == finished["text"] != ""
    assert passage.status == Status.FINISHED
    assert (passage.author, passage.mode) == (Author.MODEL, Mode.CONTINUE)
    assert passage.model == "echo" and passage.tokens > 0 and passage.saw
    assert passage.tone_measured["tone"] in Tone.values
    await story.arefresh_from_db()
    assert story.tip_id == passage.pk


@socket
async def test_what_the_page_hears_is_the_whole_passage_in_order(editor, story, wren):
    await Story.objects.aupdate(length="short")
    page = await editor(story, wren)
    await page.ask("passage.request", mode="direct", text="[[slow]] [[emoji]]")
    page.heard.clear()
    finished = await page.until("passage.finished", timeout=20)
    kinds = [message["type"] for message in page.heard]
    assert kinds.index("passage.started") < kinds.index("passage.chunk")
    text = ""
    for chunk in [m for m in page.heard if m["type"] == "passage.chunk"]:
        assert chunk["offset"] == len(text)
        text += chunk["text"]
    assert finished["text"].startswith(text) and len(text) > 20


@socket
async def test_written_words_join_the_story_and_ask_for_nothing(editor, story, wren):
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="write", text="I was six.\r\n")
    passage = await story.passages.aget(pk=ack["passage"])
    assert passage.text == "I was six."
    assert passage.author == Author.PERSON and passage.status == Status.FINISHED
    assert await story.passages.acount() == 1


@database
def test_a_direction_is_an_instruction_and_never_story(story):
    passage = services.request_passage(story=story, mode="direct", text="Let it rain.")
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.mode == Mode.DIRECT and passage.direction == "Let it rain."
    assert passage.author == Author.MODEL and passage.text
    assert "Let it rain." not in passage.text


@database
@pytest.mark.parametrize("mode", ["write", "direct", "continue"])
def test_an_empty_entry_means_continue(story, mode):
    passage = services.request_passage(story=story, mode=mode, text=" \n ")
    assert passage.mode == Mode.CONTINUE and passage.status == Status.QUEUED


@database
def test_a_passage_may_follow_another_than_the_last(story):
    first = PassageFactory(story=story)
    second = PassageFactory(story=story, parent=first)
    PassageFactory(story=story, parent=second)
    branch = services.request_passage(
        story=story, mode="write", text="Instead.", parent=first
    )
    assert [p.pk for p in tree.path(story=story).passages] == [first.pk, branch.pk]
    first.refresh_from_db()
    assert first.chosen_id == branch.pk


@database
def test_branching_from_a_branch_leads_the_whole_path_there(story):
    root = PassageFactory(story=story)
    left = PassageFactory(story=story, parent=root)
    right = PassageFactory(story=story, parent=root)
    new = services.request_passage(story=story, mode="write", text="On.", parent=left)
    path = tree.path(story=story).passages
    assert [p.pk for p in path] == [root.pk, left.pk, new.pk]
    root.refresh_from_db()
    assert root.chosen_id == left.pk
    services.choose_passage(passage=right)
    services.choose_passage(passage=left)
    story.refresh_from_db()
    assert [p.pk for p in tree.path(story=story).passages][-1] == new.pk


@database
def test_someone_elses_passage_is_no_parent(story, crow):
    theirs = PassageFactory(story=StoryFactory(owner=crow))
    with pytest.raises(services.Refused):
        services.request_passage(story=story, mode="continue", parent=theirs)


@database
def test_nothing_follows_a_passage_that_is_still_written(story):
    services.request_passage(story=story, mode="continue")
    with pytest.raises(services.Refused) as refused:
        services.request_passage(story=story, mode="continue")
    assert refused.value.code == "under_way"


@socket
async def test_the_same_key_asks_only_once(editor, story, wren):
    page = await editor(story, wren)
    key = "7f6f1f0a-0000-4000-8000-000000000001"
    first = await page.ask("passage.request", mode="write", text="Once.", key=key)
    again = await page.ask("passage.request", mode="write", text="Once.", key=key)
    assert first["passage"] == again["passage"]
    assert await story.passages.acount() == 1


@database
def test_the_tone_asked_is_the_entrys_the_storys_or_the_persons(story, wren):
    def tone(**asked):
        passage = services.request_passage(story=story, mode="continue", **asked)
        Passage.objects.filter(pk=passage.pk).update(status=Status.FINISHED)
        return passage.tone_asked

    assert tone() == ""
    profile = ProfileFactory(person=wren, valence=0.8, energy=-0.8)
    assert tone() == "tender"
    profile.tones = ["wistful", "sad"]
    profile.save()
    assert tone() == "wistful"
    story.tone = "tense"
    story.save()
    assert tone() == "tense"
    assert tone(tone="joyful") == "joyful"
    with pytest.raises(services.Refused):
        tone(tone="angry")


@database
def test_only_so_many_passages_are_written_at_once(settings, story, wren):
    settings.PASSAGES_AT_ONCE = 2
    others = [StoryFactory(owner=wren) for _ in range(2)]
    for other in others:
        services.request_passage(story=other, mode="continue")
    with pytest.raises(services.Refused) as refused:
        services.request_passage(story=story, mode="continue")
    assert refused.value.code == "busy" and "2 passages" in refused.value.sentence
    services.request_passage(story=story, mode="write", text="My own words go on.")


@database
def test_only_so_many_passages_are_written_in_a_day(settings, story):
    settings.PASSAGES_PER_DAY = 3
    now = timezone.now()
    for hours in (25, 23, 1):
        begun = now - timedelta(hours=hours)
        PassageFactory(story=story, author=Author.MODEL, started_at=begun)
    PassageFactory(story=story, author=Author.MODEL)  # imported: not written here
    third = services.request_passage(story=story, mode="continue")
    services.stop_passage(passage=third)
    Passage.objects.filter(pk=third.pk).update(started_at=now)
    with pytest.raises(services.Refused) as refused:
        services.request_passage(story=story, mode="continue")
    assert refused.value.code == "quota"


@database
@pytest.mark.parametrize("mode", ["write", "direct"])
def test_a_pasted_megabyte_is_refused_with_the_limit(story, mode):
    with pytest.raises(services.Refused) as refused:
        services.request_passage(story=story, mode=mode, text="word " * 200_000)
    assert refused.value.code == "too_long"
    assert "can hold" in refused.value.sentence
    assert not story.passages.exists()


@database
def test_emoji_right_to_left_and_broken_characters_are_kept_or_left_out(story):
    passage = services.request_passage(
        story=story, mode="write", text="🦊👩‍👩‍👧 שלום \x00a\ud800b"
    )
    passage.refresh_from_db()
    assert passage.text == "🦊👩‍👩‍👧 שלום ab"


@database
def test_markup_from_the_model_stays_text(story):
    passage = services.request_passage(story=story, mode="direct", text="[[html]]")
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.text.startswith("<img src=x onerror=alert(1)>")


@database
def test_a_failing_engine_leaves_a_sentence_and_the_text_so_far(story):
    passage = services.request_passage(story=story, mode="direct", text="[[fail]]")
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.status == Status.FAILED
    assert passage.error.endswith(".") and passage.text


@database
def test_half_a_sentence_is_gone_on_with_in_the_middle(story):
    PassageFactory(story=story, text="She opened the door and")
    passage = services.request_passage(story=story, mode="continue")
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.text.startswith(" ")


@socket
async def test_without_a_worker_to_be_had_the_passage_has_failed(
    editor, story, wren, monkeypatch
):
    from kombu.exceptions import OperationalError

    from stories import tasks

    def unreachable(*args):
        raise OperationalError

    monkeypatch.setattr(tasks.write_passage, "delay", unreachable)
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="continue")
    passage = await story.passages.aget(pk=ack["passage"])
    assert passage.status == Status.FAILED and passage.error
