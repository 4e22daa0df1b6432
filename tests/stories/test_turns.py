"""Turning points: three ways, measured, one chosen."""

import pytest
from django.urls import reverse

from stories import services, tree, writing
from stories.models import Length, Mode, Status, TurningPoint
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("turn", TurningPoint.values)
def test_three_ways_stand_side_by_side_and_lie_apart(story, turn):
    before = PassageFactory(story=story)
    options = services.ask_for_turn(story=story, turn=turn)
    assert [o.parent for o in options] == [before] * 3
    assert all(o.turn == turn and o.status == Status.QUEUED for o in options)
    places = [o.tone_target["valence"] for o in options]
    assert len(set(places)) == 3 and max(places) - min(places) >= 0.7
    story.refresh_from_db()
    assert story.tip == options[0]


def test_each_is_short_and_has_its_measured_tone(story, client, wren):
    story.length = Length.LONG
    story.save()
    options = services.ask_for_turn(story=story, turn="loss")
    for option in options:
        writing.write(option.pk)
        option.refresh_from_db()
        assert option.sampling["max_tokens"] == writing.TOKENS[Length.SHORT]
        assert option.tone_measured and option.mode == Mode.DIRECT
    client.force_login(wren)
    address = reverse("stories:compare", args=[story.pk, options[0].pk])
    page = client.get(address).content.decode()
    assert page.count("reads ") == 3 and page.count("Take this one") == 2


def test_the_one_that_is_chosen_goes_on(story):
    options = services.ask_for_turn(story=story, turn="gift")
    for option in options:
        writing.write(option.pk)
    services.choose_passage(passage=options[2])
    assert tree.path(story=story).passages[-1] == options[2]
    assert options[2].signals.get().kind == "choice"


def test_asking_is_one_step_that_can_be_undone(story):
    PassageFactory(story=story)
    services.ask_for_turn(story=story, turn="return")
    services.undo(story=story)
    assert story.passages.kept().count() == 1


def test_three_count_as_three_against_what_one_may_ask(story, settings):
    settings.PASSAGES_AT_ONCE = 2
    with pytest.raises(services.Refused):
        services.ask_for_turn(story=story, turn="loss")
    assert not story.passages.exists()


def test_no_other_turn_is_known(story):
    with pytest.raises(services.Refused):
        services.ask_for_turn(story=story, turn="earthquake")


@pytest.mark.django_db(transaction=True)
async def test_a_turn_comes_over_the_socket_once(editor, story, wren):
    page = await editor(story, wren)
    ack = await page.ask("passage.turn", turn="meeting")
    assert len(ack["passages"]) == 3
    for _ in range(3):
        await page.until("passage.finished", timeout=20)
    assert await story.passages.acount() == 3
