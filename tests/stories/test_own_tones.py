"""Tones that a person, or a school, adds."""

import pytest
from django.urls import reverse

from stories import services
from stories.arcs import tones
from stories.arcs.models import OwnTone
from stories.arcs.services import MOST_TONES, add_tone, delete_tone
from tests.factories import PassageFactory, StoryFactory

pytestmark = pytest.mark.django_db

PLACE = {"valence": 0.1, "energy": -0.5}


def names(person):
    return [name for name, _ in tones.choices(person)]


def test_a_tone_is_added_and_stands_among_the_others(client, wren, story):
    client.force_login(wren)
    form = {"name": "bittersweet", "description": "sweet and sore", **PLACE}
    assert client.post(reverse("stories:tones"), form).status_code == 302
    editor = client.get(reverse("stories:editor", args=[story.pk])).content.decode()
    assert '<option value="bittersweet">' in editor
    services.change_settings(story=story, values={"tone": "bittersweet"})
    settings = client.get(reverse("stories:settings", args=[story.pk]))
    assert '<option value="bittersweet" selected>' in settings.content.decode()


@pytest.mark.parametrize(
    ("name", "place"),
    [("Joyful", PLACE), ("", PLACE), ("x" * 21, PLACE), ("far", {"valence": 2})],
)
def test_what_is_no_tone_is_refused_on_the_page(client, wren, name, place):
    client.force_login(wren)
    answer = client.post(reverse("stories:tones"), {"name": name, **PLACE, **place})
    assert answer.status_code == 400 and not OwnTone.objects.exists()


def test_a_name_is_taken_once_whatever_its_case(wren):
    add_tone(person=wren, name="bittersweet", **PLACE)
    with pytest.raises(services.Refused):
        add_tone(person=wren, name=" Bittersweet ", **PLACE)


def test_nobody_keeps_more_than_a_few(wren):
    for number in range(MOST_TONES):
        add_tone(person=wren, name=f"tone {number}", **PLACE)
    with pytest.raises(services.Refused):
        add_tone(person=wren, name="one more", **PLACE)


def test_when_a_tone_is_deleted_its_stories_go_on_in_the_nearest(wren, client, story):
    tone = add_tone(person=wren, name="bittersweet", **PLACE)
    services.change_settings(story=story, values={"tone": "bittersweet"})
    told = PassageFactory(story=story, tone_asked="bittersweet")
    other = StoryFactory(owner=wren, tone="sad")
    client.force_login(wren)
    address = reverse("stories:drop_tone", args=[tone.pk])
    page = client.post(address, follow=True).content.decode()
    assert "1 story that used it goes on as wistful" in page
    for row in (story, other, told):
        row.refresh_from_db()
    assert (story.tone, other.tone) == ("wistful", "sad")
    assert told.tone_asked == "bittersweet"  # what was asked stays on record
    services.undo(story=story)  # brings the name back, which means nothing now
    asked = services.request_passage(story=story, mode="continue")
    assert asked.tone_asked == "bittersweet"


def test_only_ones_own_tone_can_be_deleted(client, wren, crow):
    tone = add_tone(person=crow, name="bittersweet", **PLACE)
    client.force_login(wren)
    address = reverse("stories:drop_tone", args=[tone.pk])
    assert client.post(address).status_code == 404
    assert delete_tone(tone=tone) == 0


def test_a_schools_tone_is_everyones(admin_client, wren, crow):
    form = {"name": "proud", "description": "", "valence": 0.7, "energy": 0.2}
    admin_client.post(reverse("admin:stories_sharedtone_add"), form)
    assert OwnTone.objects.get().owner is None
    assert "proud" in names(wren) and "proud" in names(crow)
    assert tones.own_tone(wren.pk, "proud")[0].name == "proud"


def test_ones_own_tone_is_nobody_elses(wren, crow):
    add_tone(person=wren, name="bittersweet", **PLACE)
    assert "bittersweet" in names(wren) and "bittersweet" not in names(crow)
    assert tones.own_tone(crow.pk, "bittersweet") == ()


def test_a_tone_that_was_not_asked_for_is_not_listened_to(wren):
    add_tone(person=wren, name="bittersweet", **PLACE)
    assert tones.own_tone(wren.pk, "wistful") == tones.own_tone(wren.pk, "") == ()


@pytest.mark.parametrize("place", [-1.0, 0.0, 0.9, 1.0])
def test_every_place_has_a_region_on_the_scale(place):
    low, high = tones.around(place)
    assert -1 <= low < high <= 1 and low <= place <= high
