"""Teach a shared story adapter from the corpus, and leave it where it ships."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stories.genre_texts import PLANS, SOURCES, texts_of
from training import genres, services
from training.engine import EngineError
from training.engine.fitting import Progress
from training.engine.guide.labels import CorpusMissing, corpus_folder
from training.learning.genre import Plan, learn_genre

CARD = """# {name}

A shared story adapter: a way to tell, to be mixed with a person's own voice at a
weight of at most {loudest}. LoRA of rank {rank} on every linear layer but the output,
in half precision, for the model {model} (fingerprint {fingerprint}).
No person's words are in it.

Learnt from {learnt_tokens} tokens of:

{sources}

On {held_out_tokens} tokens of stories that neither it nor the bundled model ever read:
perplexity {base_perplexity} without it, {voice_perplexity} with it alone at full
weight; that of other prose changed by {worse:+.1%}. The longest run it wrote word
for word from what it learnt: {longest_run} tokens. Closer to the genre than the bare
model in {closer} of three measures of style, which is shown and not judged.

Made by `python manage.py train_genre {name}`. Open it with
`peft.PeftModel.from_pretrained(model, folder)`.
"""


class Command(BaseCommand):
    help = "Learn a genre from the corpus; kept only if it passes the gates of a voice."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=f"{', '.join(SOURCES)}, or one with --sources")
        parser.add_argument("--corpus", help="default: STORYLOOM_CORPUS")
        parser.add_argument("--sources", nargs="+", help="files of the corpus, no .txt")
        parser.add_argument("--tokens", type=int, help="to learn from")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--into", type=Path, default=genres.FOLDER)
        parser.add_argument("--json", action="store_true", help="figures only")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        if not name.isidentifier():
            raise CommandError("A name is one word of letters.")
        told = SOURCES.get(name, {})
        sources = options["sources"] or list(told)
        if not sources:
            raise CommandError(f"Say with --sources what “{name}” is learnt from.")
        plan = PLANS.get(name, Plan())
        tokens = options["tokens"] or plan.tokens
        about = [f"- {each}: {told.get(each, 'of the corpus')}" for each in sources]
        try:
            folder = corpus_folder(options["corpus"]) / "stories"
            count = services.engine().count
            found = learn_genre(
                texts_of(folder, sources, count, tokens),
                into=options["into"] / name,
                card=lambda found: card(name, about, found),
                plan=plan,
                seed=options["seed"],
                say=lambda progress: None if options["json"] else self.say(progress),
                **services.fitting(),
            )
        except (CorpusMissing, EngineError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False))
        if not found["passed"]:
            raise CommandError("It did not pass its gates; nothing was changed.")

    def say(self, progress: Progress) -> None:
        looks = f"  held out {progress.held_out[-1][1]}" if progress.held_out else ""
        step = f"{progress.step}/{progress.steps}"
        self.stderr.write(f"{progress.stage:9} {step:>9} {looks}")


def card(name: str, about: list[str], found: dict[str, Any]) -> str:
    gates = found["gates"]
    return CARD.format(
        **found,
        name=name,
        loudest=genres.LOUDEST,
        sources="\n".join(about),
        worse=gates["ability"]["worse"],
        closer=len(gates.get("style", {}).get("closer", [])),
        longest_run=gates.get("memory", {}).get("longest_run", "not measured"),
    )
