"""How fast the engine is beside plain generation, on this machine, now."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Measure the engine against transformers on the same model, in one run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--shape",
            default="135m",
            help="135m or tiny (random weights), seedling, or a model folder",
        )
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--tokens", type=int, default=700, help="prompt tokens")
        parser.add_argument("--new", type=int, default=48, help="tokens to write")
        parser.add_argument("--many", type=int, default=8, help="passages at once")
        parser.add_argument("--threads", type=int, default=1)
        parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
        parser.add_argument(
            "--cpu-time",
            action="store_true",
            help="count seconds on a core instead of on the wall: for a busy machine",
        )
        parser.add_argument("--json", action="store_true", help="figures only")

    def handle(self, *args: Any, **options: Any) -> None:
        # Inside, because every other command must start without torch.
        from training.engine.local import bench

        quiet = options["json"]
        figures = bench.compare(
            options["shape"],
            rounds=options["rounds"],
            tokens=options["tokens"],
            new=options["new"],
            many=options["many"],
            threads=options["threads"],
            device=options["device"],
            clock=time.process_time if options["cpu_time"] else time.perf_counter,
            say=lambda line: None if quiet else self.stderr.write(line),
        )
        if quiet:
            self.stdout.write(json.dumps(figures, indent=1))
            return
        for key, value in figures.items():
            self.stdout.write(f"{key:32} {value}")
