"""What is found out about a story once, for all its readings.

Measuring tones takes minutes, so it is kept in a file that holds no path and needs
neither the guide nor the corpus: a run can go on where only that file has come along.
"""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from training.seedling.corpus import Story, read_corpus
from training.seedling.labels import TONES, Labels, labels_of, lexicon_of
from training.seedling.person import first_person
from training.seedling.recipe import corpus_folder

PIECE_WORDS = 110  # a longer paragraph is cut between sentences


@dataclass
class Piece:
    """A paragraph, or a part of a long one."""

    text: str
    as_i: str = ""  # the same told in the first person, where that is sure
    tones: list[float] = field(default_factory=list)  # shares, in the order of TONES


@dataclass
class Prepared:
    key: str
    source: str
    title: str
    labels: Labels
    pieces: list[Piece]
    told_as_i: bool = False
    rarity: float = 1.0  # how much more often it is read than others of its source

    @property
    def text(self) -> str:
        return "\n\n".join(piece.text for piece in self.pieces)


def cut(sentences: list[str]) -> Iterator[str]:
    """One text, or two halves each cut again, none with an open quotation mark."""
    text = " ".join(sentences)
    half = len(sentences) // 2
    open_speech = " ".join(sentences[:half]).count('"') % 2
    if len(text.split()) <= PIECE_WORDS or half == 0 or open_speech:
        yield text
        return
    yield from cut(sentences[:half])
    yield from cut(sentences[half:])


def prepare(story: Story, labels: Labels) -> Prepared:
    texts = [text for paragraph in story.paragraphs for text in cut(paragraph)]
    told: list[str] | None = None
    if len(labels.people) == 1 and story.source != "first_person":
        told = first_person(texts, labels.people[0])
    parts = zip(texts, told or [""] * len(texts), strict=True)
    pieces = [Piece(text, as_i) for text, as_i in parts]
    return Prepared(story.key, story.source, story.title, labels, pieces, bool(told))


def with_tones(prepared: Iterable[Prepared]) -> Iterator[Prepared]:
    from training.engine.guide import open_guide

    guide = open_guide()
    for story in prepared:
        for piece in story.pieces:
            reading = guide.measure(piece.text)
            piece.tones = [round(reading.share(tone), 3) for tone in TONES]
        yield story


def prepare_corpus(
    corpus: str | None, sources: Iterable[str], cache: Path
) -> list[Prepared]:
    """Every screened story, prepared; kept in `cache` (gzipped JSON lines).

    Raises CorpusMissing where there is neither a cache nor a corpus.
    """
    if not cache.exists():
        stories = list(read_corpus(corpus_folder(corpus), sources))
        lexicon = lexicon_of(stories)
        prepared = (prepare(story, labels_of(story, lexicon)) for story in stories)
        keep(with_tones(prepared), cache)
    stories = kept(cache)
    weigh(stories)
    return stories


def weigh(stories: list[Prepared]) -> None:
    """Read rare tones and simple prose told as "I" more often than the rest."""
    heard = Counter(tone_of([p.tones]) for s in stories for p in s.pieces)
    fair = heard.total() / len(TONES)
    for story in stories:
        tones = [tone_of([piece.tones]) for piece in story.pieces]
        scarce = sum(fair / heard[tone] for tone in tones) / len(tones)
        story.rarity = min(2.0, max(0.6, scarce)) * (2.0 if story.told_as_i else 1.0)


def keep(prepared: Iterable[Prepared], cache: Path) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    part = cache.with_suffix(".part")
    with gzip.open(part, "wt", encoding="utf-8", compresslevel=6) as out:
        for story in prepared:
            out.write(json.dumps(asdict(story), ensure_ascii=False) + "\n")
    part.replace(cache)


def kept(cache: Path) -> list[Prepared]:
    with gzip.open(cache, "rt", encoding="utf-8") as lines:
        return [from_row(json.loads(line)) for line in lines]


def from_row(row: dict) -> Prepared:
    pieces = [Piece(**piece) for piece in row.pop("pieces")]
    return Prepared(labels=Labels(**row.pop("labels")), pieces=pieces, **row)


def tone_of(tones: Iterable[list[float]], rng: random.Random | None = None) -> str:
    """The likeliest tone of several pieces; with `rng` drawn by share."""
    rows = [row for row in tones if row]
    if not rows:
        return "neutral"
    shares = [sum(column) for column in zip(*rows, strict=True)]
    if rng:
        return rng.choices(TONES, shares)[0]
    return TONES[shares.index(max(shares))]
