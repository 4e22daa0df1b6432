"""Teach a voice from one author's text, and say by how much it was learnt."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from training import genres, services
from training.engine import EngineError
from training.engine.fitting import Progress
from training.learning.author import learn_author
from training.learning.reading import Unreadable, read_text


class Command(BaseCommand):
    help = "Learn an author's voice: 80 % of the text, measured on its last 10 %."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=".txt, .md, .docx or .epub")
        parser.add_argument("--tokens", type=int, help="only so many from the start")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--bare", action="store_true", help="begin from no genre")
        parser.add_argument("--keep", type=Path, help="leave the adapter there")
        parser.add_argument("--json", action="store_true", help="figures only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = read_text(options["file"].name, options["file"].read_bytes())
            engine = services.engine()
            found = learn_author(
                text,
                count=engine.count,
                tokens=options["tokens"],
                seed=options["seed"],
                keep=options["keep"],
                starts=() if options["bare"] else genres.folders(),
                say=lambda progress: None if options["json"] else self.say(progress),
                **services.fitting(),
            )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from None
        except (Unreadable, EngineError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False))

    def say(self, progress: Progress) -> None:
        looks = f"  held out {progress.held_out[-1][1]}" if progress.held_out else ""
        step = f"{progress.step}/{progress.steps}"
        self.stderr.write(f"{progress.stage:9} {step:>9} {looks}")
