"""What many voices at once cost, beside the bare model and beside PEFT."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Measure many voices in one batch against none, and against PEFT's own."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--users", type=int, default=8)
        parser.add_argument("--shapes", nargs="+", default=["seedling", "135m"])
        parser.add_argument("--ranks", nargs="+", type=int, default=[8, 16])
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--new", type=int, default=120, help="tokens to write")
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
        from training.engine.local.bench_adapters import PROMISED, measure

        quiet = options["json"]
        found = [
            measure(
                shape,
                rank,
                users=options["users"],
                rounds=options["rounds"],
                new=options["new"],
                threads=options["threads"],
                device=options["device"],
                clock=time.process_time if options["cpu_time"] else time.perf_counter,
                say=lambda line: None if quiet else self.stderr.write(line),
            )
            for shape in options["shapes"]
            for rank in options["ranks"]
        ]
        promised = {name: " ".join(map(str, bar)) for name, bar in PROMISED.items()}
        figures = {"promised": promised, "measured": found}
        self.stdout.write(json.dumps(figures, indent=1))
