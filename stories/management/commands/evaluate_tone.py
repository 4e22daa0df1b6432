"""`manage.py evaluate_tone`: is the feeling asked for the feeling written?"""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from stories.weaving import BadInput
from training.engine import EngineError
from training.services import close_engine, engine

#: Openings of each kind, unless the whole set is asked for.
FEW, ALL = 40, 120
ARCS = 10


class Command(BaseCommand):
    help = (
        "Write passages for openings of our own (or --prompts) without and with the "
        "regulator's layers, and let a judge that never guides say how they sound."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        add = parser.add_argument
        add("--prompts", type=Path, help='JSON lines {"id", "prompt", "mood"?}')
        add("--openings", type=int, default=FEW, help="of each kind, of our own")
        add("--seeds", type=int, default=2)
        add("--max-tokens", type=int, default=60)
        add("--layers", nargs="*", help="measure these layers instead of all")
        add("--full", action="store_true", help="every layer, all openings, arcs")
        add("--arcs", type=int, help="stories a shape; 10 with --full, else 0")
        add("--timed", type=int, default=40, help="passages timed one by one")
        add("--corpus", help="for perplexity; default: STORYLOOM_CORPUS")
        add("--keep", type=Path, help="append the passages to this file (JSON lines)")
        add("--json", action="store_true")

    def handle(self, **options):
        from stories.evaluating.report import evaluate, table

        try:
            found = evaluate(engine(), self.plan(options), self.stderr.write)
        except (BadInput, EngineError, ValueError) as wrong:
            raise CommandError(str(wrong)) from None
        finally:
            close_engine()
        said = (
            json.dumps(found.as_dict(), indent=1) if options["json"] else table(found)
        )
        self.stdout.write(said)

    def plan(self, options):
        from stories.evaluating import openings
        from stories.evaluating.grid import CONDITIONS, DEFAULT
        from stories.evaluating.report import Plan
        from training.engine.regulator import chosen_layers

        full = options["full"]
        if options["prompts"]:
            chosen = openings.read(options["prompts"])
        else:
            chosen = openings.ours(ALL if full else options["openings"])
        names = tuple(CONDITIONS) if full else DEFAULT
        conditions = {name: CONDITIONS[name] for name in names}
        if options["layers"] is not None:
            chosen_layers(options["layers"])  # says which are unknown
            del conditions[names[-1]]
            conditions["chosen"] = tuple(options["layers"])
        arcs = options["arcs"] if options["arcs"] is not None else ARCS * full
        for name in ("seeds", "max_tokens"):
            if options[name] < 1:
                raise BadInput(f"--{name.replace('_', '-')} must be 1 or more.")
        return Plan(
            chosen,
            conditions,
            seeds=options["seeds"],
            max_tokens=options["max_tokens"],
            timed=options["timed"],
            arcs=arcs,
            corpus=options["corpus"],
            keep=options["keep"],
        )
