"""Make learning stories and count how many keep the hard asks."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from stories.lessons import evaluation
from training.engine import EngineError
from training.services import close_engine, engine


class Command(BaseCommand):
    help = (
        "Makes learning stories (goals, levels, pupils) with the model in use, and "
        "prints how many keep their target words, level, hero, interest and facts."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--n", type=int, default=36, help="stories")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--stories", type=Path, help="a JSONL file to write the stories to"
        )
        parser.add_argument(
            "--sheet",
            type=Path,
            help="a folder for 40 questions: with.jsonl, without.jsonl, keys.jsonl",
        )

    def handle(self, **options):
        if options["n"] < 1:
            raise CommandError("--n must be at least 1.")
        try:
            rows = list(evaluation.run(engine(), options["n"], options["seed"]))
        except EngineError as error:
            raise CommandError(str(error)) from None
        finally:
            close_engine()
        if options["stories"]:
            write(options["stories"], [story(row) for row in rows])
        if options["sheet"]:
            self.sheet(options["sheet"], rows)
        figures = evaluation.figures(rows)
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1))
            return
        for name, value in figures.items():
            if name not in ("bars", "reached"):
                bar = evaluation.BARS.get(name)
                said = f" (bar {bar}: {figures['reached'][name]})" if bar else ""
                self.stdout.write(f"{name}: {value}{said}")

    def sheet(self, folder: Path, rows) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        asked = evaluation.sheet(rows, 40)
        keys = [{"id": q["id"], "key": q.pop("key")} for q in asked]
        write(folder / "with.jsonl", asked)
        without = [{k: v for k, v in q.items() if k != "story"} for q in asked]
        write(folder / "without.jsonl", without)
        write(folder / "keys.jsonl", keys)


def story(row) -> dict:
    draft = row.draft
    return {
        "hero": row.wish.hero,
        "level": row.wish.level,
        "words": [word.word for word in row.wish.words],
        "title": draft.title if draft else "",
        "text": draft.text if draft else "",
        "sources": [line.source for line in draft.lines] if draft else [],
        "missed": draft.report.missed if draft and draft.report else [],
        "error": row.error,
    }


def write(path: Path, rows: list[dict]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")
