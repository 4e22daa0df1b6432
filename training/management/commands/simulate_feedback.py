"""Six scripted readers show what they like; is it learnt?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from training import services


class Command(BaseCommand):
    help = "Let six scripted readers give signals, and test on pairs never seen."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--signals", type=int, default=40)
        parser.add_argument("--pairs", type=int, default=200, help="held out, each")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--tastes", nargs="+", help="only these readers")
        parser.add_argument(
            "--thumbs", action="store_true", help="signals are thumbs, not choices"
        )
        parser.add_argument("--json", action="store_true", help="figures only")

    def handle(self, *args: Any, **options: Any) -> None:
        # Inside, because every other command must start without torch.
        from training.engine.local.simulate import simulate
        from training.engine.local.tastes import TASTES

        quiet, fitting = options["json"], services.fitting()
        found = simulate(
            fitting["model"],
            device=fitting["device"],
            threads=fitting["threads"],
            signals=options["signals"],
            held_out=options["pairs"],
            seed=options["seed"],
            tastes=options["tastes"] or tuple(TASTES),
            by_thumbs=options["thumbs"],
            say=lambda line: None if quiet else self.stderr.write(line),
        )
        self.stdout.write(json.dumps(found, indent=1))
