"""Passages and held-out stories side by side, for a reader who is not told which.

`write` makes a folder of numbered texts with a sheet of questions; the key lies beside
the folder, not in it. `score` reads the filled-in sheet.
"""

import csv
import json
import random
from pathlib import Path

from training.seedling.documents import messages_of
from training.seedling.prepare import Prepared
from training.seedling.reading.figures import Bar, Figure, share
from training.seedling.reading.headers import Story, as_given, as_lines

EACH = 40
QUESTIONS = {
    "grammar": "Is the language right, as simple English goes?",
    "same_people": "Do people and things stay who and what they are?",
    "cause": "Does each thing follow from what came before?",
    "on_prompt": "Does it tell what the lines above it ask for?",
    "read_on": "Would you read on?",
}
SHEET = "answers.csv"
SHOWN = ("Teller", "Names", "Places", "Things", "Experience")


def shown(lines: str) -> str:
    """The fields that both kinds of header have, so that none gives itself away."""
    return "\n".join(
        line for line in lines.split("\n") if line.split(":", 1)[0] in SHOWN
    )


def by_model(stories: list[Story]) -> list[tuple[str, str]]:
    told = [
        (shown(as_lines(as_given(story.held_out.header))), story.passages[0].text)
        for story in stories
        if len(story.passages[0].text.split()) >= 20
    ]
    random.Random(7).shuffle(told)
    return told[:EACH]


def by_corpus(held_out: list[Prepared]) -> list[tuple[str, str]]:
    """Openings of held-out stories with a header, other names in all of them."""
    found = []
    for prepared in held_out:
        if prepared.source == "first_person":
            continue  # cut out of books: no openings
        messages = messages_of(prepared, random.Random(prepared.key))
        header = shown(messages[0]["content"].split("\n\n", 1)[1])
        if header:
            found.append((header, messages[2]["content"]))
    return found


def alike(
    told: list[tuple[str, str]], choice: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """For each text the one of `choice` that is nearest in length, each once."""
    left = list(choice)
    found = []
    for _, text in told:
        words = len(text.split())
        nearest = min(left, key=lambda other: abs(len(other[1].split()) - words))
        left.remove(nearest)
        found.append(nearest)
    return found


def key_of(folder: Path) -> Path:
    return folder.with_name(folder.name + ".key.json")


def write(stories: list[Story], held_out: list[Prepared], folder: Path) -> int:
    """Returns how many texts were written."""
    choice = by_corpus(held_out)
    told = by_model(stories)[: len(choice)]
    pairs = [("model", *one) for one in told]
    pairs += [("corpus", *one) for one in alike(told, choice)]
    random.Random(len(told)).shuffle(pairs)
    folder.mkdir(parents=True)
    key = {}
    for number, (who, header, text) in enumerate(pairs, 1):
        name = f"{number:02}"
        (folder / f"{name}.txt").write_text(f"{header}\n---\n{text}\n", "utf-8")
        key[name] = who
    key_of(folder).write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
    with (folder / SHEET).open("w", encoding="utf-8", newline="") as out:
        sheet = csv.writer(out)
        sheet.writerow(["text", *QUESTIONS])
        sheet.writerows([name, *[""] * len(QUESTIONS)] for name in key)
    asked = "".join(f"{name}: {question}\n" for name, question in QUESTIONS.items())
    (folder / "questions.txt").write_text(
        f"Read each numbered text. Put y or n for it into {SHEET}.\n\n{asked}", "utf-8"
    )
    return len(pairs)


def read_sheet(path: Path) -> dict[str, dict[str, bool]]:
    """Answers by text. Raises ValueError where one is missing or neither y nor n."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found: dict[str, dict[str, bool]] = {}
    for row in rows:
        answers = {name: (row.get(name) or "").strip().lower() for name in QUESTIONS}
        if wrong := [name for name, said in answers.items() if said not in ("y", "n")]:
            raise ValueError(f"Text {row['text']} has no y or n for {wrong[0]}.")
        found[row["text"]] = {name: said == "y" for name, said in answers.items()}
    return found


def score(sheet: Path, folder: Path) -> list[Figure]:
    key = json.loads(key_of(folder).read_text(encoding="utf-8"))
    answers = read_sheet(sheet)
    figures = []
    for who in ("model", "corpus"):
        mine = [answers[text] for text in key if key[text] == who]
        bar = Bar(least=0.75) if who == "model" else None
        each = [list(said.values()) for said in mine]
        figures.append(share(f"coherence read blind, {who}", each, bar))
        figures += [
            share(f"- {name}, {who}", [[said[name]] for said in mine])
            for name in QUESTIONS
        ]
    return figures
