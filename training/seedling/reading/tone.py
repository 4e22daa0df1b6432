"""The tone that was asked for against the tone the guide reads."""

from collections.abc import Callable

from training.engine.guide import open_guide
from training.seedling.reading.figures import Bar, Figure, share
from training.seedling.reading.headers import Story

TONES = ("joyful", "tender", "hopeful", "wistful", "tense", "sad")
NOTE = "guide and training labels share their makers: not an independent judge"

Hear = Callable[[str], list[str]]  # tones of a text, the likeliest first


def by_guide(text: str) -> list[str]:
    return [name for name, _ in open_guide().measure(text).tones]


def heard_as(tones: list[str]) -> str | None:
    """The likeliest of the six; neutral is not one of them."""
    return next((tone for tone in tones if tone in TONES), None)


def measure(stories: list[Story], hear: Hear = by_guide) -> list[Figure]:
    heard = [
        [
            (ask["Tone"], hear(passage.text))
            for ask, passage in zip(s.held_out.asks, s.passages, strict=True)
            if ask.get("Tone") in TONES
        ]
        for s in stories
    ]
    right = [[asked == heard_as(tones) for asked, tones in s] for s in heard]
    strict = [[asked == (tones or [None])[0] for asked, tones in s] for s in heard]
    shifted = [*heard[1:], *heard[:1]]
    by_chance = [
        [asked == heard_as(tones) for (asked, _), (_, tones) in zip(a, b, strict=False)]
        for a, b in zip(heard, shifted, strict=True)
    ]
    each = [
        share(
            f"- asked {tone}",
            [[asked == heard_as(t) for asked, t in s if asked == tone] for s in heard],
        )
        for tone in TONES
    ]
    known = [figure for figure in each if figure.value is not None]
    worst = min(known, key=lambda f: f.value or 0.0, default=None)
    return [
        share("tone asked is the tone read, of six", right, Bar(least=0.50), NOTE),
        share("- by chance", by_chance, note="another passage's asked tone"),
        share("- where the guide may also say neutral", strict),
        *each,
        Figure(
            "- worst tone",
            worst.value if worst else None,
            note=worst.name.split()[-1] if worst else "no tone was asked",
        ),
    ]
