"""How loudly a shared story adapter speaks in a story that chose it."""

from stories.models import Story, Strength
from training.engine import Engine
from training.voices import Speaking, with_genre

LOUDNESS = {Strength.GENTLE: 0.2, Strength.CLEAR: 0.35, Strength.STRONG: 0.5}


def told_in(speaking: Speaking, story: Story, engine: Engine) -> Speaking:
    """The story's genre beside its owner's voice."""
    weight = LOUDNESS[Strength(story.genre_strength)]
    return with_genre(speaking, name=story.genre, weight=weight, engine=engine)
