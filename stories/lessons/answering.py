"""Can a question be answered from the text, and not without it?

Two very simple readers try. The one with the text looks where the answer must stand;
the three without it guess as children do: the longest, the most like the question,
the first. What the first can and the others cannot is what the text was needed for.
"""

from stories.lessons.sentences import split, words_of
from stories.lessons.values import GAP, Asked


def with_text(question: Asked, story: str) -> str:
    """The option that the text supports; nothing if it supports none, or several."""
    supported = [o for o in question.options if supports(story, question, o)]
    return supported[0] if len(supported) == 1 else ""


def supports(story: str, question: Asked, option: str) -> bool:
    if question.rule == "gap":
        gap = question.text.partition("“")[2].rpartition("”")[0]
        return gap.replace(GAP, option).casefold() in plain(story).casefold()
    if question.rule == "order":
        before = question.text.partition("“")[2].rpartition("”")[0]
        return f"{before} {plain(option)}" in plain(story)
    if question.rule == "liking":
        opening = " ".join(split(story)[:1])
        return option.casefold() in opening.casefold()
    return option in story


def without_text(question: Asked) -> list[str]:
    """What three readers say who never saw the story."""
    asked = {word.lower() for word in words_of(question.text)}

    def shared(option: str) -> int:
        return len(asked & {word.lower() for word in words_of(option)})

    return [
        max(question.options, key=len),
        max(question.options, key=shared),
        question.options[0],
    ]


def answerable(question: Asked, story: str) -> dict:
    """{"with": 0 or 1, "without": 0 to 1} for a question with options."""
    guesses = without_text(question)
    return {
        "with": int(with_text(question, story) == question.key),
        "without": round(sum(g == question.key for g in guesses) / len(guesses), 2),
    }


def plain(text: str) -> str:
    """Inside quotes, quotes are single."""
    return text.replace("“", "‘").replace("”", "’")
