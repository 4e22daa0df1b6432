"""Where a block of sentences ends in a text that is still growing."""

from training.engine.guide.sentences import END, goes_on

#: A block has at least so many words: a short sentence says too little of a tone.
LEAST_WORDS = 9


def block_end(text: str, least: int = LEAST_WORDS) -> int | None:
    """Where the first whole sentences of at least so many words end, or None.

    An end counts once the next sentence has begun: "Stop!" may go on with "she said".
    """
    for mark in END.finditer(text):
        rest = text[mark.end() :]
        if not rest.strip():
            return None
        if len(text[: mark.end()].split()) >= least and not goes_on(text, mark):
            return mark.end()
    return None


def whole(text: str) -> bool:
    """Does it end like a sentence?"""
    marks = list(END.finditer(text.rstrip()))
    return bool(marks) and marks[-1].end() == len(text.rstrip())
