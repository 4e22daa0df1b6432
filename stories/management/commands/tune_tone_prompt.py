"""`manage.py tune_tone_prompt`: the words by which a model best keeps a tone."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stories.prompts.phrasing import TAUGHT
from stories.weaving import BadInput
from training.engine import EngineError, open_engine
from training.services import model_source


class Command(BaseCommand):
    help = (
        "Try a few ways of asking a model for a tone on openings of our own (or "
        "--prompts), let the guide score them, and keep the best for that model."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        add = parser.add_argument
        add("--model", help="id or folder; default: the model in use")
        add("--prompts", type=Path, help='JSON lines {"id", "prompt", "mood"?}')
        add("--openings", type=int, default=10, help="of each kind, of our own")
        add("--seeds", type=int, default=1)
        add("--max-tokens", type=int, default=60)
        add("--json", action="store_true")

    def handle(self, **options):
        from stories.prompts import phrasing

        try:
            name, tried = self.search(options)
        except (BadInput, EngineError) as wrong:
            raise CommandError(str(wrong)) from None
        best, plain = tried["best"], tried["all"][0]
        found = {
            "model": name,
            "date": date.today().isoformat(),
            "kept": name != phrasing.TAUGHT,
            "best": asdict(best),
            "phrasings": [asdict(one) for one in tried["all"]],
        }
        if found["kept"]:
            row = {"date": found["date"], "plain": plain.score}
            try:
                phrasing.keep(name, asdict(best) | row)
            except OSError as error:
                found["kept"] = False
                self.stderr.write(f"{phrasing.TUNED}: {error.strerror}")
        self.stdout.write(
            json.dumps(found, indent=1) if options["json"] else say(found)
        )

    def search(self, options):
        from stories.evaluating import openings, tuning
        from stories.prompts.phrasing import phrasings

        for name in ("openings", "seeds", "max_tokens"):
            if options[name] < 1:
                raise BadInput(f"--{name.replace('_', '-')} must be 1 or more.")
        file = options["prompts"]
        chosen = openings.read(file) if file else openings.ours(options["openings"])
        engine = open_engine(
            options["model"] or model_source(),
            device=settings.STORYLOOM_DEVICE,
            threads=settings.STORYLOOM_THREADS,
            key=settings.STORYLOOM_MODEL_KEY,
        )
        try:
            tried = tuning.try_out(
                engine,
                chosen,
                phrasings(),
                seeds=options["seeds"],
                max_tokens=options["max_tokens"],
                say=self.stderr.write,
            )
        finally:
            engine.close()
        return engine.name, {"all": tried, "best": tuning.best_of(tried)}


def say(found) -> str:
    lines = [f"{found['model']}: right tone, worst tone, names kept"]
    for row in found["phrasings"]:
        names = "  -  " if row["names"] is None else f"{row['names']:.3f}"
        lines.append(
            f"  {row['score']:.3f}  {row['worst']:.3f}  {names}  {row['line']}"
        )
    kept = "Kept" if found["kept"] else "Not kept; best"
    if found["model"] == TAUGHT:
        kept = "Not kept, it was taught its own; best"
    return "\n".join([*lines, f"{kept}: {found['best']['line']}"])
