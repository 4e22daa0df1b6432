"""Write passages from the command line: one, or a file of them."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from stories import weaving
from stories.models import Tone
from training.engine import EngineError
from training.services import close_engine, engine


class Command(BaseCommand):
    help = (
        "Writes a passage for a profile and a prompt, or for every line of a file, "
        "with the prompt and the engine of the editor. The person's name in a "
        "profile is not sent to the model."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--profile", type=Path, help="a JSON file about a person")
        parser.add_argument(
            "--prompt",
            help='how the story begins, or what to write ("Write about ...")',
        )
        parser.add_argument("--tone", default="", choices=Tone.values)
        parser.add_argument("--max-tokens", type=int)
        parser.add_argument("--seed", type=int)
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--batch", type=Path, help="a JSONL file of prompts")
        parser.add_argument("--out", type=Path, help="where --batch writes JSONL")

    def handle(self, **options):
        if (options["prompt"] is None) == (options["batch"] is None):
            raise CommandError("Say either --prompt TEXT or --batch IN --out OUT.")
        if (options["batch"] is None) != (options["out"] is None):
            raise CommandError("--batch and --out belong together.")
        try:
            self.weave(options)
        except (weaving.BadInput, EngineError) as error:
            raise CommandError(str(error)) from None
        finally:
            close_engine()

    def weave(self, options):
        person = weaving.Person()
        if options["profile"]:
            person = weaving.read_person(options["profile"])
        given = {name: options[name] for name in ("tone", "max_tokens", "seed")}
        if options["batch"]:
            self.batch(options["batch"], options["out"], person, given)
            return
        wish = weaving.make_wish(
            "The command", options["prompt"], None, person, **given
        )
        woven = weaving.weave(engine(), wish)
        if options["json"]:
            row = woven.as_json()
            del row["id"]
            self.stdout.write(json.dumps(row, ensure_ascii=False))
        else:
            self.stdout.write(woven.text)

    def batch(self, source: Path, target: Path, person, given):
        wishes = weaving.read_wishes(source, person, **given)
        failed = 0
        try:
            out = target.open("w", encoding="utf-8")
        except OSError as error:
            sentence = f"{target} cannot be written: {error.strerror}."
            raise weaving.BadInput(sentence) from None
        with out:
            for woven in weaving.weave_all(engine(), wishes):
                out.write(json.dumps(woven.as_json(), ensure_ascii=False) + "\n")
                out.flush()
                failed += bool(woven.error)
        self.stderr.write(f"{len(wishes) - failed} of {len(wishes)} passages written.")
        if failed:
            raise CommandError(f"{failed} passages failed: see “error” in {target}.")
