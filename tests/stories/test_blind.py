"""Which of these two? Drawn by lot, shown without labels, counted for the version."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stories import services, tree, writing
from stories.blind import services as blind
from stories.blind.models import BlindTest
from stories.consumers import in_thread
from stories.models import Author, Mode, Passage, Signal, Status
from tests.factories import PassageFactory, StoryFactory
from training import ledger, voices
from training.models import Adapter, BlindChoice, Example, Voice
from training.services import engine
from training.voices.comparing import Result, wilson

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(wren, settings, tmp_path):
    """wren's first and second version; the second is in use. Made for the engine."""
    settings.VAR = tmp_path
    made = []
    for number in (1, 2):
        adapter = Adapter.objects.create(
            person=wren,
            number=number,
            model="m",
            fingerprint=engine().fingerprint,
            after=made[-1] if made else None,
        )
        adapter.folder.mkdir(parents=True)
        made.append(adapter)
    Adapter.objects.update(created_at=timezone.now() - timedelta(days=1))
    Voice.objects.create(person=wren, learns=True, adapter=made[1])
    return made


def write_some(story, count=blind.EVERY):
    for _ in range(count):
        PassageFactory(
            story=story,
            author=Author.MODEL,
            mode=Mode.CONTINUE,
            finished_at=timezone.now(),
        )


def ask(story):
    """An open test with both passages written."""
    story.refresh_from_db()
    for passage in blind.ask_blind(story=story):
        writing.write(passage.pk)
    return blind.open_test(story)


# -- when


def test_it_is_offered_after_some_passages_and_then_not_for_a_while(story, versions):
    write_some(story, blind.EVERY - 1)
    assert blind.standing(story) is None
    write_some(story, 1)
    assert blind.standing(story) == {"state": "offer"}
    blind.not_now(story=story)
    assert blind.standing(story) is None
    write_some(story)
    assert blind.standing(story) == {"state": "offer"}
    test = ask(story)
    blind.choose_blind(story=story, test=test.pk, take=blind.FIRST)
    assert blind.standing(story) is None


def test_without_a_voice_nothing_is_offered(story, wren):
    write_some(story)
    assert blind.standing(story) is None
    Voice.objects.create(person=wren, learns=True)
    assert blind.standing(story) is None
    with pytest.raises(services.Refused):
        blind.ask_blind(story=story)


def test_someone_elses_voice_is_never_offered(crow, versions):
    theirs = StoryFactory(owner=crow)
    write_some(theirs)
    assert blind.standing(theirs) is None
    with pytest.raises(services.Refused):
        blind.ask_blind(story=theirs)


def test_who_said_never_is_not_asked_until_they_say_so(client, story, wren, versions):
    write_some(story)
    blind.not_now(story=story, ever=False)
    assert blind.standing(story) is None
    client.force_login(wren)
    page = reverse("training:compare")
    client.post(page, {"blind": "on"})
    assert blind.standing(story) == {"state": "offer"}
    client.post(page)
    assert blind.standing(story) is None


def test_a_first_version_is_compared_with_the_bare_model(story, wren, versions):
    first, _second = versions
    voices.use_version(adapter=first)
    assert voices.contenders(person_id=wren.pk).old is None
    test = ask(story)
    assert (test.by_new.adapter, test.by_old.adapter) == (first.label, "")


# -- what is shown


def test_both_are_written_for_one_prompt_by_the_two_versions(story, versions):
    first, second = versions
    PassageFactory(story=story, text="The kite was red.")
    test = ask(story)
    one, other = test.passages
    assert one.parent == other.parent and one.saw == other.saw
    assert (one.seed, one.sampling) == (other.seed, other.sampling)
    assert {one.adapter, other.adapter} == {first.label, second.label}
    assert test.by_new.adapter == second.label
    story.refresh_from_db()
    assert story.tip == one.parent  # the path waits for the choice


def test_which_comes_first_is_drawn_by_lot(story, versions, monkeypatch):
    monkeypatch.setattr(blind, "_lot", random.Random(3))
    drawn = []
    for _ in range(12):
        test = ask(story)
        drawn.append(test.new_first)
        blind.choose_blind(story=story, test=test.pk, take=blind.NEITHER)
    assert 3 <= sum(drawn) <= 9


def test_no_label_is_on_the_page(client, story, wren, versions):
    client.force_login(wren)
    page = reverse("stories:blind", args=[story.pk])
    assert "nothing to choose" in client.get(page).content.decode()
    test = ask(story)
    html = client.get(page).content.decode()
    assert html.index(test.first.text[:30]) < html.rindex(test.second.text[:30])
    for adapter in versions:
        assert adapter.label not in html and str(adapter.pk) not in html
    assert "ersion" not in html
    assert blind.standing(story) == {"state": "ready", "test": test.pk}


def test_strangers_see_no_pair(client, story, crow, versions):
    ask(story)
    client.force_login(crow)
    assert client.get(reverse("stories:blind", args=[story.pk])).status_code == 404


# -- what comes of it


@pytest.mark.parametrize("take", [blind.FIRST, blind.SECOND])
def test_the_choice_goes_on_teaches_and_is_counted(story, wren, versions, take):
    PassageFactory(story=story, text="The kite was red.")
    test = ask(story)
    taken, other = test.passages if take == 1 else test.passages[::-1]
    blind.choose_blind(story=story, test=test.pk, take=take)
    assert tree.path(story=story).passages[-1] == taken
    [signal] = Signal.objects.all()
    assert (signal.kind, signal.passage, signal.over) == ("blind", taken, other)
    choice = BlindChoice.objects.get()
    assert (choice.adapter, choice.against) == (versions[1], versions[0])
    assert choice.won == (taken == test.by_new)
    ledger.refresh(wren)
    example = Example.objects.get(kind="blind")
    assert example.over == other.text.strip() and example.text == taken.text.strip()


def test_neither_puts_both_away_and_counts_for_nobody(story, versions):
    PassageFactory(story=story, text="The kite was red.")
    test = ask(story)
    blind.choose_blind(story=story, test=test.pk, take=blind.NEITHER)
    assert not BlindChoice.objects.exists() and not Signal.objects.exists()
    assert [p.text for p in story.passages.kept()] == ["The kite was red."]
    services.undo(story=story)
    assert story.passages.kept().count() == 3
    assert blind.standing(story) is None  # looked at again, but not asked again


def test_a_choice_is_made_once(story, versions):
    test = ask(story)
    blind.choose_blind(story=story, test=test.pk, take=blind.FIRST)
    for take in (blind.FIRST, blind.SECOND):
        with pytest.raises(services.Refused):
            blind.choose_blind(story=story, test=test.pk, take=take)
    assert BlindChoice.objects.count() == 1


def test_nothing_is_chosen_before_both_are_written(story, versions):
    first, _second = blind.ask_blind(story=story)
    writing.write(first.pk)
    assert blind.standing(story)["state"] == "writing"
    test = blind.open_test(story)
    with pytest.raises(services.Refused):
        blind.choose_blind(story=story, test=test.pk, take=blind.FIRST)
    assert blind.ask_blind(story=story) == list(test.passages)  # it is the same one


def test_when_one_fails_there_is_nothing_to_compare(story, versions):
    first, second = blind.ask_blind(story=story)
    writing.write(first.pk)
    Passage.objects.filter(pk=second.pk).update(status=Status.FAILED)
    standing = blind.standing(story)
    assert standing["state"] == "lost"
    with pytest.raises(services.Refused):
        blind.choose_blind(story=story, test=standing["test"], take=blind.SECOND)
    blind.choose_blind(story=story, test=standing["test"], take=blind.NEITHER)
    assert blind.standing(story) is None


def test_a_version_that_could_not_speak_is_not_counted(story, versions):
    Adapter.objects.filter(pk=versions[1].pk).update(fingerprint="another model")
    test = ask(story)
    blind.choose_blind(story=story, test=test.pk, take=blind.FIRST)
    assert not BlindChoice.objects.exists()
    assert Signal.objects.get().kind == "blind"  # it is an opinion all the same


def test_a_forgotten_version_takes_its_open_test_along(story, versions):
    ask(story)
    voices.forget_version(adapter=versions[0])
    assert not BlindTest.objects.exists() and blind.standing(story) is None


def test_the_page_of_the_voice_tells_the_result_with_its_number(client, wren, versions):
    for number in range(14):
        voices.record_choice(adapter=versions[1], against=versions[0], won=number < 10)
    client.force_login(wren)
    page = client.get(reverse("training:voice")).content.decode()
    assert "Of 14 blind choices between it and version 1, 10 were" in page
    assert "too close, or too few" in page


def test_a_result_is_clear_only_beyond_chance():
    assert Result(1, 10, 8).clear is None and Result(1, 10, 9).clear is True
    assert Result(1, 16, 12).clear is True and Result(1, 16, 11).clear is None
    assert Result(1, 30, 9).clear is False
    low, high = wilson(50, 100)
    assert low == pytest.approx(0.404, abs=1e-3) and high == pytest.approx(0.596, 1e-2)


# -- over the socket


@pytest.mark.django_db(transaction=True)
async def test_two_are_asked_for_and_one_is_taken_over_the_socket(
    editor, story, wren, versions
):
    await in_thread(write_some)(story)
    page = await editor(story, wren)
    assert page.state["blind"] == {"state": "offer"}
    ack = await page.ask("passage.blind")
    assert len(ack["passages"]) == 2
    for _ in range(2):
        await page.until("passage.finished", timeout=20)
    await page.say("story.check", key=None)
    state = await page.until("story.state")
    assert state["blind"]["state"] == "ready"
    test = state["blind"]["test"]
    ack = await page.ask("passage.blind_choice", test=test, take=2)
    assert ack["type"] == "ack"
    await story.arefresh_from_db()
    assert story.tip_id == (await BlindTest.objects.aget()).second_id
    refused = await page.ask("passage.blind_choice", test=test, take=1)
    assert refused["code"] == "answered"


@pytest.mark.django_db(transaction=True)
async def test_later_and_never_are_kept_over_the_socket(editor, story, wren, versions):
    page = await editor(story, wren)
    assert (await page.ask("story.blind", when="later"))["type"] == "ack"
    voice = await Voice.objects.aget()
    assert voice.blind and voice.blind_at
    await page.ask("story.blind", when="never")
    assert not (await Voice.objects.aget()).blind
