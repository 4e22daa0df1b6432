"""A fit in a process of its own: a job on standard input, progress on standard output.

    python -m training.engine.local.process < job.json

One line of JSON a sign of progress. SIGTERM puts a checkpoint down and ends with code
3: the same job goes on from there. The person's text comes in through the pipe and is
never written to the disk.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from training.engine.base import AdapterRef, EngineError
from training.engine.cutting import passages_of
from training.engine.fitting import Fit, Progress, Recipe, Stage, Told
from training.engine.local import gates, replay, reward, taste, thumbs
from training.engine.local.adapters import publish
from training.engine.local.chat import Chat
from training.engine.local.dataset import HasIds, Window, windows_of
from training.engine.local.engine import LocalEngine, describe
from training.engine.local.fit import (
    Lesson,
    Objective,
    config_of,
    learn,
    nats_of,
    tensors_of,
    with_adapter,
)
from training.engine.local.model import load, name_of
from training.engine.local.starts import beginning, begun_from

DONE, FAILED, PUT_DOWN = 0, 1, 3
#: Tokens of a window the gates look at: many small ones, so that chance shows.
LOOK = 256


def recipe_for(parameters: int, tokens: int) -> Recipe:
    """Small models learn faster and have less room; little text allows less of both.

    Under 50M parameters the figures were found on the seedling; above, they are what
    is published for LoRA on 0.5 to 8 billion (see the README).
    """
    recipe = Recipe()
    if parameters < 50e6:
        recipe = replace(
            recipe,
            rate=4e-3,
            step_tokens=1024,
            dropout=0.1,
            taste_rate=5e-4,
        )
    elif parameters < 500e6:
        recipe = replace(recipe, rate=8e-4, taste_rate=5e-5)
    if tokens < 8_000:
        recipe = replace(recipe, rank=8, epochs=3.0)
    elif tokens > 100_000:
        recipe = replace(recipe, rank=32, epochs=2.0, dropout=0.0)
    return recipe


def run(fit: Fit) -> Generator[Progress, None, None]:
    """Fit, check and leave the adapter; the last progress carries the report."""
    torch.set_num_threads(fit.threads)
    yield Progress("loading")
    folder = Path(fit.folder)
    model, tokenizer = load(fit.model, fit.device)
    chat = Chat(tokenizer)
    yield Progress("replay")
    own_words, base = recalled(model, tokenizer, fit)
    room = (fit.recipe or Recipe()).window
    train = windows_of(chat, fit.train, room)
    tokens = sum(window.learnt for window in train)
    recipe = fit.recipe or recipe_for(model.num_parameters(), tokens)
    recipe = replace(
        recipe,
        rank=fit.rank or recipe.rank,
        rate=recipe.rate * fit.pace,
        epochs=fit.epochs or recipe.epochs,
    )
    start = begun_from(folder / "start", model, base, train, fit.starts)
    recipe = beginning(recipe, start)
    lesson = Lesson(
        "voice",
        train,
        windows_of(chat, fit.valid, room),
        windows_of(chat, own_words, room),
        recipe,
        fit.seed,
        folder / "voice",
    )
    voice = with_adapter(model, recipe, start)
    test = windows_of(chat, fit.test, LOOK)
    at_first = nats_of(voice, test) if start else None
    began = time.monotonic()
    progress = yield from taught(voice, lesson, fit.time_limit)
    seconds = time.monotonic() - began
    if fit.pairs:
        tasting = taste_of(fit, voice, chat, recipe)
        yield from taught(voice, tasting, fit.time_limit)
    if fit.thumbs:
        liking = liking_of(fit, voice, chat, recipe)
        yield from taught(voice, liking, fit.time_limit)
    yield replace(progress, stage="checking")
    adapter = folder / "adapter"
    if not adapter.exists():
        tensors = {
            name: tensor.half() if fit.half else tensor
            for name, tensor in tensors_of(voice).items()
        }
        publish(adapter, tensors, config_of(voice, name_of(fit.model)), base)
    found = reward_of(voice, chat, fit)
    if found is not None:
        reward.save(adapter, found, base)
    report = checked(fit, voice, chat, train, adapter, at_first)
    report["gates"]["reward"] = gates.reward(found, chat, fit)
    report |= {
        "tokens": tokens,
        "seconds": round(seconds, 1),
        "tokens_per_second": round(progress.tokens / max(seconds, 1e-6), 1),
        "steps": progress.step,
        "rank": recipe.rank,
        "start": Path(start.path).name if start else "",
    }
    yield replace(progress, stage="done", share=1.0, report=report)


def taught(
    voice: PeftModel, lesson: Lesson, limit: float
) -> Generator[Progress, None, Progress]:
    """One stage, from wherever it was put down; its last progress."""
    progress = Progress(lesson.stage)
    with closing(learn(voice, lesson, limit)) as steps:
        for progress in steps:
            yield progress
    return progress


def taste_of(fit: Fit, voice: PeftModel, chat: Chat, recipe: Recipe) -> Lesson:
    """What is preferred, beside what the voice finds likely now, before that stage."""
    pairs = taste.pairs_of(chat, fit.pairs, recipe.window)
    known = taste.as_before(voice, pairs, recipe.step_tokens)
    return preferring("taste", known, taste.Preferring(recipe), fit, recipe)


def liking_of(fit: Fit, voice: PeftModel, chat: Chat, recipe: Recipe) -> Lesson:
    """What got a thumb, beside what the voice finds likely now, before that stage."""
    found = thumbs.thumbs_of(chat, fit.thumbs, recipe.window)
    known = thumbs.as_before(voice, found, recipe.step_tokens)
    return preferring("thumbs", known, thumbs.Liking(recipe, known), fit, recipe)


def reward_of(voice: PeftModel, chat: Chat, fit: Fit) -> reward.Reward | None:
    """What the same choices and thumbs tell of any other text."""
    return reward.learnt(
        reward.embeddings_of(voice),
        [(chat.ids(pair.chosen), chat.ids(pair.rejected)) for pair in fit.pairs],
        [chat.ids(each.text) for each in fit.thumbs if each.liked],
        [chat.ids(each.text) for each in fit.thumbs if not each.liked],
    )


def preferring(
    stage: Stage,
    known: Sequence[HasIds],
    objective: Objective,
    fit: Fit,
    recipe: Recipe,
) -> Lesson:
    """A stage after the voice: slower, and with nothing held out to stop by."""
    slower = replace(
        recipe, rate=recipe.taste_rate, epochs=recipe.taste_epochs, replay=0.0
    )
    folder = Path(fit.folder) / stage
    return Lesson(stage, known, [], [], slower, fit.seed, folder, objective)


def recalled(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, fit: Fit
) -> tuple[list[Told], str]:
    """What the bare model writes, and its fingerprint. The model is left as it was."""
    attention = model.config._attn_implementation
    with closing(LocalEngine(model, tokenizer, name="")) as engine:
        told = replay.own_words(engine, Path(fit.cache), fit.own_words)
        base = engine.fingerprint
    model.set_attn_implementation(attention)
    return told, base


def checked(
    fit: Fit,
    voice: PeftModel,
    chat: Chat,
    train: list[Window],
    adapter: Path,
    at_first: gates.Nats | None,
) -> dict[str, Any]:
    test = windows_of(chat, fit.test, LOOK)
    anchors = windows_of(chat, replay.anchors(), LOOK)
    with voice.disable_adapter():
        base_nats, base_anchors = nats_of(voice, test), nats_of(voice, anchors)
    found: dict[str, Any] = {
        "better": gates.better(
            base_nats,
            nats_of(voice, test),
            champion_nats(fit, voice, test),
            at_first,
            seed=fit.seed,
        ),
        "ability": gates.ability(base_anchors, nats_of(voice, anchors)),
    }
    room = (fit.recipe or Recipe()).window
    held = taste.pairs_of(chat, fit.test_pairs, room)
    found["pairs"] = gates.taste(taste.margins(voice, held))
    rated = thumbs.thumbs_of(chat, fit.test_thumbs, room)
    found["thumbs"] = gates.thumbs(*thumbs.margins(voice, rated))
    engine = LocalEngine(*load(fit.model, fit.device), name="")
    with closing(engine):
        ref = AdapterRef(str(adapter))
        found["integrity"] = gates.integrity(engine, adapter)
        found["serving"] = gates.serving(engine, ref)
        if fit.samples:
            found |= gates.sampled(
                engine,
                ref,
                [p for each in fit.train for p in passages_of(each.text)],
                [p for each in fit.test for p in passages_of(each.text)],
                [each.text for each in replay.anchors()],
                train,
            )
        fingerprint = engine.fingerprint
    samples = found.pop("samples", [])
    return {
        "passed": gates.verdict(found),
        "gates": found,
        "samples": samples,
        "fingerprint": fingerprint,
        "model": name_of(fit.model),
    }


def champion_nats(
    fit: Fit, voice: PeftModel, test: list[Window]
) -> list[tuple[float, int]] | None:
    """The adapter now in use on the same windows, if it can still be read."""
    if not fit.champion or not Path(fit.champion).is_dir():
        return None
    try:
        voice.load_adapter(fit.champion, adapter_name="champion")
        voice.set_adapter("champion")
        return nats_of(voice, test)
    except (ValueError, RuntimeError, OSError):
        return None  # made for another model: nothing to compare with
    finally:
        voice.set_adapter("default")
        if "champion" in voice.peft_config:
            voice.delete_adapter("champion")


def main() -> int:
    os.umask(0o077)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        fit = Fit.from_json(json.load(sys.stdin))
        with closing(run(fit)) as steps:
            for progress in steps:
                print(json.dumps(progress.as_json()), flush=True)  # noqa: T201
                if stop.is_set() or parent_is_gone():
                    return PUT_DOWN
    except EngineError as error:
        print(json.dumps({"error": str(error)}), flush=True)  # noqa: T201
        return FAILED
    except Exception as error:
        # Kind and place only: a message may quote what the person wrote.
        print(json.dumps({"error": "", "kind": describe(error)}), flush=True)  # noqa: T201
        return FAILED
    return DONE


_parent = os.getppid()


def parent_is_gone() -> bool:
    """Nobody is left to tell: whoever started this was killed."""
    return os.getppid() != _parent


if __name__ == "__main__":
    sys.exit(main())
