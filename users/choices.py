"""The words a person picks from. Stored in English; shown in the page's language.

Tones are the same names as the tones of a story. They are kept here as data
because this room may not look into the stories room; a test holds both together.
"""

from django.utils.translation import gettext_lazy as _

TONES = {
    "joyful": _("joyful"),
    "tender": _("tender"),
    "hopeful": _("hopeful"),
    "wistful": _("wistful"),
    "tense": _("tense"),
    "sad": _("sad"),
    "neutral": _("neutral"),
}

LIGHT = (_("dark"), _("bright"))
PACE = (_("calm"), _("restless"))

VALUES = {
    "kindness": _("kindness"),
    "courage": _("courage"),
    "honesty": _("honesty"),
    "family": _("family"),
    "friendship": _("friendship"),
    "freedom": _("freedom"),
    "fairness": _("fairness"),
    "loyalty": _("loyalty"),
    "curiosity": _("curiosity"),
    "humour": _("humour"),
    "patience": _("patience"),
    "hope": _("hope"),
    "faith": _("faith"),
    "forgiveness": _("forgiveness"),
    "gratitude": _("gratitude"),
    "humility": _("humility"),
    "belonging": _("belonging"),
    "independence": _("independence"),
    "creativity": _("creativity"),
    "adventure": _("adventure"),
    "nature": _("nature"),
    "peace": _("peace"),
    "responsibility": _("responsibility"),
    "wisdom": _("wisdom"),
}


def value_label(value: str) -> str:
    """Their own word stays as they wrote it."""
    return str(VALUES.get(value, value))


def leaning(at: float, low: str, high: str) -> str:
    """Where a slider between two words stands, in words; nothing near the middle."""
    if abs(at) < 0.2:
        return ""
    word = high if at > 0 else low
    return (_("very %(word)s") if abs(at) > 0.7 else _("rather %(word)s")) % {
        "word": word
    }
