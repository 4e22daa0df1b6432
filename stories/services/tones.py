"""Which feeling a passage is asked to have."""

from django.utils.translation import gettext as _

from stories.models import Tone
from stories.services.refused import Refused
from users.models import Profile

#: The sliders of a profile say nothing while they stand near their middle.
CLEARLY = 0.3


def check_tone(tone: str) -> None:
    if tone and tone not in Tone.values:
        raise Refused("bad_tone", _("There is no such tone."))


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
