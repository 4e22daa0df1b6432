"""What learning a voice costs beside a bare training loop on the same text."""

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from training import services
from training.engine import EngineError
from training.learning.author import parts_of
from training.learning.reading import Unreadable, read_text


class Command(BaseCommand):
    help = "Measure learning a voice against a bare loop, in one run, by turns."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=".txt, .md, .docx or .epub")
        parser.add_argument("--tokens", type=int, default=20_000)
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--epochs", type=float, default=1.0)
        parser.add_argument(
            "--cpu-time",
            action="store_true",
            help="count seconds on a core instead of on the wall: for a busy machine",
        )
        parser.add_argument("--json", action="store_true", help="figures only")

    def handle(self, *args: Any, **options: Any) -> None:
        # Inside, because every other command must start without torch.
        from training.engine.local.bench_learning import measure

        quiet, fitting = options["json"], services.fitting()
        try:
            text = read_text(options["file"].name, options["file"].read_bytes())
            count = services.engine().count
            train, valid, _, _ = parts_of(text, count, options["tokens"])
            found = measure(
                fitting["model"],
                train,
                valid,
                rounds=options["rounds"],
                epochs=options["epochs"],
                threads=fitting["threads"],
                device=fitting["device"],
                clock=time.process_time if options["cpu_time"] else time.perf_counter,
                say=lambda line: None if quiet else self.stderr.write(line),
            )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from None
        except (Unreadable, EngineError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(found, indent=1))
