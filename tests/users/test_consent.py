"""What a person allows is what travels: three levels, each with the one before."""

import pytest
from django.urls import reverse

from tests.factories import ExperienceFactory
from users import services
from users.models import Consent, Experience


@pytest.fixture
def told(wren):
    return {
        consent: ExperienceFactory(
            person=wren, what=f"told as {consent}", consent=consent
        )
        for consent in Consent.values
    }


def test_only_what_is_allowed_reaches_a_prompt(wren, told):
    allowed = services.profile_for_prompt(wren).experiences

    assert {each.id for each in allowed} == {
        told[Consent.PROMPT].pk,
        told[Consent.TRAIN].pk,
    }


def test_only_what_is_given_to_teach_teaches(wren, told):
    assert list(Experience.objects.for_training()) == [told[Consent.TRAIN]]


def test_nothing_of_another_person_reaches_a_prompt(crow, told):
    assert services.profile_for_prompt(crow) == services.PromptProfile()


def test_taking_consent_back_works_from_the_next_passage_on(client, wren, told):
    client.force_login(wren)
    kept = told[Consent.TRAIN]
    form = {"what": kept.what, "consent": Consent.NEVER}

    client.post(reverse("users:experience", args=[kept.pk]), form)

    assert kept.pk not in {e.id for e in services.profile_for_prompt(wren).experiences}
    assert not Experience.objects.for_training().exists()


def test_each_level_is_explained_before_it_is_chosen(client, wren):
    client.force_login(wren)

    shown = client.get(reverse("users:experiences")).content.decode()

    for sentence in (
        "No story and no model ever reads it.",
        "Storyloom may read it while writing with you.",
        "It may also teach the model that learns your voice.",
    ):
        assert sentence in shown


def test_the_prompt_gets_plain_values(wren):
    ExperienceFactory(person=wren, what="The ice broke", who="Ilse", felt="cold")
    services.add_value(person=wren, value="courage")
    services.set_tone(
        person=wren, tones=["tense"], valence=-0.5, energy=0.25, avoid=["war"]
    )

    profile = services.profile_for_prompt(wren)

    assert profile.values == ("courage",)
    assert (profile.tones, profile.avoid) == (("tense",), ("war",))
    assert (profile.valence, profile.energy) == (-0.5, 0.25)
    assert profile.experiences[0].what == "The ice broke"
    assert profile.experiences[0].who == "Ilse"


@pytest.mark.django_db(transaction=True)
async def test_what_the_model_saw_holds_only_what_was_allowed(
    editor, story, wren, told
):
    page = await editor(story, wren)
    await page.ask("passage.request", mode="continue")
    await page.until("passage.finished")

    saw = str((await story.passages.aget()).saw)

    assert "told as prompt" in saw and "told as train" in saw
    assert "told as never" not in saw
