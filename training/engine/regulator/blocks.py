"""Where a block of sentences ends in a text that is still growing."""

import re

from training.engine.guide.sentences import END, goes_on

#: A block has at least so many words: a short sentence says too little of a tone.
LEAST_WORDS = 9
STOP = re.compile(rf"{END.pattern}|(?<=\S)[ \t]*\n")


def block_end(text: str, least: int = LEAST_WORDS) -> int | None:
    """Where the first whole sentences of at least so many words end, or None.

    An end counts once the next sentence has begun: "Stop!" may go on with "she said".
    Lines of a poem end without a mark.
    """
    for mark in STOP.finditer(text):
        if not text[mark.end() :].strip():
            return None
        line = mark.group().isspace()
        end = mark.start() if line else mark.end()
        if len(text[:end].split()) >= least and (line or not goes_on(text, mark)):
            return end
    return None


def whole(text: str) -> bool:
    """Does it end like a sentence?"""
    marks = list(END.finditer(text.rstrip()))
    return bool(marks) and marks[-1].end() == len(text.rstrip())
