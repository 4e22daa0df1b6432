"""Which feeling a passage is asked to have."""

from typing import Any

from django.utils.translation import gettext as _

from stories.arcs import tones
from stories.models import Passage, Story, Tone
from stories.services.refused import Refused
from users.models import Profile

#: The sliders of a profile say nothing while they stand near their middle.
CLEARLY = 0.3


def check_tone(tone: str, story: Story) -> None:
    if tone and not tones.exists(story.owner_id, tone):
        raise Refused("bad_tone", _("There is no such tone."))


def tone_for(story: Story) -> str:
    """What a passage is asked for when its entry names no tone. An arc decides when
    the passage is written, by what was written before it."""
    return "" if story.arc else story.tone or usual_tone(story.owner_id)


def tone_again(passage: Passage) -> str:
    """What another passage in its place is asked for."""
    story = passage.story
    if not story.arc:
        return story.tone or passage.tone_asked
    from_arc = (passage.tone_target or {}).get("source") == "arc"
    return "" if from_arc else passage.tone_asked


def closer_target(passage: Passage) -> dict[str, Any]:
    """The same target, pursued as strongly as it may be."""
    if not passage.tone_target:
        raise Refused("no_tone", _("This passage was not asked for a tone."))
    return passage.tone_target | {"strength": tones.CLOSER}


def usual_tone(person_id: int) -> str:
    """What a person likes best when neither the story nor the entry names a tone."""
    profile = Profile.objects.filter(person=person_id).first()
    if profile is None:
        return ""
    named = [tone for tone in profile.tones if tone in Tone.values]
    return named[0] if named else tone_between(profile.valence, profile.energy)


def tone_between(valence: float, energy: float) -> str:
    """The tone nearest to where a person put the sliders; none for the middle."""
    if valence > CLEARLY:
        calm, level, restless = "tender", "hopeful", "joyful"
    elif valence < -CLEARLY:
        calm, level, restless = "wistful", "sad", "tense"
    else:
        calm, level, restless = "neutral", "", "tense"
    if energy > CLEARLY:
        return restless
    return calm if energy < -CLEARLY else level
