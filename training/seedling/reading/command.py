"""What `manage.py read_seedling` does, step by step."""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from training.engine import AdapterRef, open_engine
from training.seedling.reading import (
    blind,
    copied,
    corpus_side,
    obedience,
    prose,
    screened,
    speed,
    tone,
    usual,
)
from training.seedling.reading.draw import Drawing, tell_all
from training.seedling.reading.figures import Figure, table
from training.seedling.reading.headers import (
    Story,
    as_lines,
    held_out_headers,
    keep,
    kept,
)
from training.seedling.recipe import WEIGHTS

Say = Callable[[str], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--n", type=int, default=300, help="held-out headers, at most 300")
    add("--seed", type=int, default=Drawing.seed)
    add("--temperature", type=float, default=Drawing.temperature)
    add("--top-p", type=float, default=Drawing.top_p)
    add("--unhelped", action="store_true", help="do not tell the engine the names")
    add("--usual", action="store_true", help="40 headers with usual names instead")
    add("--voice", type=Path, help="the folder of an adapter that tells them")
    add("--regulated", action="store_true", help="with a tone's candidates")
    add("--json", action="store_true", help="figures as JSON")
    add("--corpus", help="for held-out bits per byte; default: STORYLOOM_CORPUS")
    add("--weights", type=Path, default=WEIGHTS)
    add("--at-once", type=int, default=12, help="stories drawn side by side")
    add("--threads", type=int, default=0, help="of the CPU; 0: all but one")
    add("--keep", type=Path, help="write the stories to this file (JSON lines)")
    add("--kept", type=Path, help="measure kept stories instead of drawing new ones")
    add("--show", type=int, default=0, help="print that many stories")
    add("--quick", action="store_true", help="leave out speed and held-out bits")
    add("--index", action="store_true", help="only rebuild what ships of the corpus")
    add("--screen", type=int, default=0, help="only screen that many trained passages")
    add("--blind", type=Path, help="write texts for a blind reader to this folder")
    add("--blind-answers", type=Path, help="score the sheet that was filled in")


def draw(options: dict, say: Say) -> tuple[list[Story], Callable[[str], int]]:
    """The stories, and a count of tokens that outlives the engine."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(options["weights"])

    def count(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False)["input_ids"])

    if options["kept"]:
        return kept(options["kept"]), count
    engine = open_engine(
        str(options["weights"]),
        device="cpu",
        threads=options["threads"],
        max_batch=options["at_once"],
    )
    headers = usual.headers() if options["usual"] else held_out_headers(options["n"])
    drawing = Drawing(
        options["seed"],
        options["temperature"],
        options["top_p"],
        helped=not options["unhelped"],
        regulated=options["regulated"],
        voices=(AdapterRef(str(options["voice"])),) if options["voice"] else (),
    )
    began = time.monotonic()
    try:
        stories = tell_all(engine, headers, drawing, options["at_once"], say)
    finally:
        engine.close()
    say(f"{len(stories)} stories in {time.monotonic() - began:.0f} s")
    return stories, count


def measured(stories: list[Story], count, options: dict) -> list[Figure]:
    if options["usual"]:
        return usual.measure(stories)
    figures = obedience.measure(stories)
    figures += prose.measure(stories)
    figures += copied.measure(stories, count)
    figures += tone.measure(stories)
    if not options["quick"] and not options["voice"]:  # those are of the weights
        figures += corpus_side.measure(options["weights"], options["corpus"])
        figures += speed.measure(options["weights"])
    return figures


def as_json(figures: list[Figure], stories: list[Story], options: dict) -> str:
    weights = (options["weights"] / "model.safetensors").read_bytes()
    found = {
        "read": time.strftime("%Y-%m-%d"),
        "weights": hashlib.sha256(weights).hexdigest()[:16],
        "stories": len(stories),
        "passages": sum(len(story.passages) for story in stories),
        **{name: options[name] for name in ("seed", "temperature", "top_p")},
        "helped_with_names": not options["unhelped"],
        **({"voice": options["voice"].name} if options["voice"] else {}),
        "figures": [figure.as_dict() for figure in figures],
    }
    return json.dumps(found, indent=1)


def show(stories: list[Story]) -> str:
    return "\n\n".join(
        f"{as_lines(story.held_out.header)}\n---\n{story.text}" for story in stories
    )


def run(options: dict, out: Say, say: Say) -> None:
    """`out` takes the result, `say` how far it is. Raises CorpusMissing."""
    if options["index"]:
        corpus_side.build(corpus_side.open_corpus(options["corpus"]), say)
        return
    if options["screen"]:
        corpus = corpus_side.open_corpus(options["corpus"])
        out(table(screened.measure(corpus.trained, options["screen"])))
        return
    if options["blind_answers"]:
        if not options["blind"]:
            raise ValueError("--blind-answers needs --blind FOLDER for its key.")
        out(table(blind.score(options["blind_answers"], options["blind"])))
        return
    stories, count = draw(options, say)
    if options["keep"]:
        keep(stories, options["keep"])
    if options["blind"]:
        corpus = corpus_side.open_corpus(options["corpus"])
        written = blind.write(stories, corpus.held_out, options["blind"])
        say(f"{written} texts in {options['blind']}")
        return
    figures = measured(stories, count, options)
    out(as_json(figures, stories, options) if options["json"] else table(figures))
    if options["show"] and not options["json"]:
        out("\n" + show(stories[: options["show"]]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    run(vars(parser.parse_args()), print, lambda line: print(line, file=sys.stderr))


if __name__ == "__main__":
    main()
