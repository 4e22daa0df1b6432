"""What the model sees, put together from plain values. Pure: no database, no engine.

Chat messages: one system message with the header ("Field: value" lines), then for
every passage of the chosen path an ask by the user and the passage by the assistant,
then the ask for the next passage. When the story ends in half a sentence that a
person typed, that half is a last assistant message, left open for the model.

Cutting, so that the prompt fits a budget of tokens:
1. The header takes at most 35 %. Experiences go first, the least relevant first;
   then names and places, values, the note from its end; what to avoid goes last.
2. The path is cut from its far end, whole passages at a time; the nearest passage is
   shortened from its beginning when it alone is too long.
3. The ask is always there; a direction longer than a quarter of the budget is cut.
Directions of earlier passages are not repeated: they are wishes that were granted.
A tone is told in the words that were kept for the model (phrasing.py).
"""

from stories.prompts.build import PREFACE, build, fit
from stories.prompts.path import is_half, join
from stories.prompts.values import About, Ask, Assembled, Lived, Settings, Told

__all__ = [
    "PREFACE",
    "About",
    "Ask",
    "Assembled",
    "Lived",
    "Settings",
    "Told",
    "build",
    "fit",
    "is_half",
    "join",
]
