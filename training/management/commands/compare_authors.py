"""Whether a voice is the author's own: each adapter on every author's unseen text."""

import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from training import genres, services
from training.engine import EngineError
from training.learning.author import learn_author, parts_of, rivalry
from training.learning.reading import Unreadable, read_text


class Command(BaseCommand):
    help = "Learn several authors, and try every voice on every author's last words."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--tokens", type=int, default=20_000)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--bare", action="store_true", help="begin from no genre")
        parser.add_argument("--json", action="store_true", help="figures only")

    def handle(self, *args: Any, **options: Any) -> None:
        if len(options["files"]) < 2:
            raise CommandError("Two authors at least: there is nobody to compare with.")
        try:
            found = self.compare(
                options["files"],
                options["tokens"],
                options["seed"],
                () if options["bare"] else genres.folders(),
            )
        except OSError as error:
            raise CommandError(f"A file cannot be read: {error.strerror}.") from None
        except (Unreadable, EngineError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False))

    def compare(
        self, files: list[Path], tokens: int, seed: int, starts: tuple[str, ...]
    ) -> dict[str, Any]:
        from training.engine.local.rivals import cross  # brings torch

        count, fitting = services.engine().count, services.fitting()
        texts = [read_text(file.name, file.read_bytes()) for file in files]
        with tempfile.TemporaryDirectory(prefix="storyloom-authors-") as home:
            adapters = [Path(home) / str(number) for number in range(len(files))]
            for file, text, adapter in zip(files, texts, adapters, strict=True):
                self.stderr.write(file.stem)
                learn_author(
                    text,
                    count=count,
                    tokens=tokens,
                    seed=seed,
                    keep=adapter,
                    starts=starts,
                    samples=False,
                    **fitting,
                )
            rows = cross(
                fitting["model"],
                adapters,
                [parts_of(text, count, tokens)[2] for text in texts],
                device=fitting["device"],
                threads=fitting["threads"],
            )
        return rivalry([file.stem for file in files], rows)
