"""One command from corpus to weights.

python manage.py train_seedling --corpus PATH [--minutes N] [--resume]
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

# A second thread that spins while it waits is slower than none on a busy machine.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import numpy as np
import torch
import torch.nn.functional as F

from training.seedling.batches import (
    Row,
    arrays_of,
    documents_of,
    epoch_batches,
    packed,
)
from training.seedling.corpus import (
    is_held_out,
    read_corpus,
)
from training.seedling.documents import (
    Prepared,
    messages_of,
    prepare,
)
from training.seedling.export import export, new_model
from training.seedling.labels import labels_of, lexicon_of
from training.seedling.optimizer import optimizers_of
from training.seedling.pairs import PAIRS, read_pairs
from training.seedling.recipe import (
    WEIGHTS,
    WORKSHOP,
    CorpusMissing,
    Recipe,
    corpus_folder,
)
from training.seedling.tokenizer import rendered, train_tokenizer


@dataclass
class Place:
    """Where in the run we are; saved with every checkpoint."""

    step: int = 0
    tokens: int = 0
    elapsed: float = 0.0
    epoch: int = 0
    batch: int = 0  # within the epoch
    closing: bool = False


def say(text: str, log: Path) -> None:
    line = f"{time.strftime('%H:%M:%S')} {text}"
    print(line, flush=True)
    with log.open("a", encoding="utf-8") as out:
        out.write(line + "\n")


def load_stories(folder: Path, workshop: Path, recipe: Recipe) -> list[Prepared]:
    names = [name for name, _ in recipe.sources]
    stories = read_corpus(folder, names, workshop / "corpus.jsonl")
    lexicon = lexicon_of(stories)
    return [prepare(story, labels_of(story, lexicon)) for story in stories]


def tokenizer_texts(stories: list[Prepared], seed: int) -> Iterator[str]:
    """Rendered readings, so that field names cost few tokens.

    The names are the corpus's own: the unusual ones must stay several tokens long,
    or the model would learn them by heart instead of copying.
    """
    for number, prepared in enumerate(stories):
        rng = random.Random(f"{seed} {number}")
        messages = messages_of(prepared, rng, keep_names=1.0)
        yield from (
            text.split("|>", 1)[-1].removesuffix("<|end|>")
            for text, _ in rendered(messages)
        )


def load_tokenizer(stories: list[Prepared], workshop: Path, recipe: Recipe):
    from tokenizers import Tokenizer

    path = workshop / "tokenizer.json"
    if not path.exists():
        texts = tokenizer_texts(stories, recipe.seed)
        train_tokenizer(texts, recipe.vocabulary).save(str(path))
    return Tokenizer.from_file(str(path))


def tensors_of(rows: list[Row]) -> dict[str, torch.Tensor]:
    arrays = [arrays_of(row) for row in rows]
    batch = {
        name: torch.from_numpy(np.stack([a[name] for a in arrays]))
        for name in arrays[0]
    }
    document = batch.pop("document")
    length = document.size(1)
    same = document[:, None, :, None] == document[:, None, None, :]
    batch["mask"] = same & torch.ones(length, length, dtype=torch.bool).tril()
    return batch


def losses_of(model, ids, positions, mask, targets, weights):
    """Weighted loss to learn from, and the plain loss of the told text."""
    logits = model(
        input_ids=ids, position_ids=positions, attention_mask=mask, use_cache=False
    ).logits
    each = F.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), reduction="none"
    ).view_as(weights)
    told = (weights == 1.0).float()
    return (
        (each * weights).sum() / weights.sum().clamp(min=1),
        (each * told).sum(),
        told.sum(),
    )


def rate_at(progress: float, recipe: Recipe) -> float:
    """Warm-up, stable, linear decay to nothing: WSD."""
    if progress < recipe.warm_up:
        return max(0.02, progress / recipe.warm_up)
    return min(1.0, max(0.0, (1 - progress) / recipe.decay))


def progress_of(place: Place, recipe: Recipe) -> float:
    if recipe.steps is not None:
        return place.step / recipe.steps
    return place.elapsed / (recipe.minutes * 60)


def held_out_batches(
    stories: list[Prepared], tokenizer, recipe: Recipe, source: str, most: int = 96
) -> tuple[list[dict[str, torch.Tensor]], float]:
    """Batches of held-out readings, and bytes per told token for bits per byte."""
    documents, size, count = [], 0, 0
    for prepared in [s for s in stories if s.story.source == source][:most]:
        messages = messages_of(prepared, random.Random(prepared.story.key))
        told = [m["content"] for m in messages if m["role"] == "assistant"]
        size += sum(len(t.encode()) for t in told)
        count += sum(len(tokenizer.encode(t).ids) for t in told)
        documents += documents_of(messages, tokenizer, recipe)
    rows = packed(documents, recipe)
    groups = [
        [r for r in rows if r.length == length]
        for length in (recipe.row, recipe.context)
    ]
    most_rows = max(1, recipe.batch_tokens // recipe.context)
    batches = [
        tensors_of(group[i : i + most_rows])
        for group in groups
        for i in range(0, len(group), most_rows)
    ]
    return batches, size / max(1, count)


@torch.no_grad()
def read_held_out(model, batches) -> float:
    total, count = 0.0, 0.0
    for batch in batches:
        _, told, n = losses_of(model, **batch)
        total, count = total + told.item(), count + n.item()
    return total / max(1.0, count)


class Run:
    """A training run: model, optimisers and the place reached, saved together."""

    def __init__(
        self, stories, pairs: Path | None, tokenizer, recipe: Recipe, workshop: Path
    ):
        self.recipe, self.workshop, self.tokenizer = recipe, workshop, tokenizer
        one_in = recipe.held_out_one_in
        self.stories = [s for s in stories if not is_held_out(s.story.key, one_in)]
        self.pairs = pairs  # a folder, read again with each epoch: it may grow
        self.held_out = [s for s in stories if is_held_out(s.story.key, one_in)]
        self.model = new_model(recipe)
        self.optimizers = optimizers_of(self.model, recipe)
        self.rates = [o.param_groups[0]["lr"] for o in self.optimizers]
        self.place = Place()
        self.log = workshop / "train.log"
        self.losses = (
            torch.compile(losses_of, dynamic=False) if recipe.compiled else losses_of
        )

    @property
    def checkpoint(self) -> Path:
        return self.workshop / "checkpoint.pt"

    def save(self) -> None:
        part = self.checkpoint.with_suffix(".part")
        torch.save(
            {
                "recipe": json.dumps(asdict(self.recipe)),
                "model": self.model.state_dict(),
                "optimizers": [o.state_dict() for o in self.optimizers],
                "place": asdict(self.place),
            },
            part,
        )
        part.replace(self.checkpoint)

    def resume(self) -> None:
        state = torch.load(self.checkpoint, weights_only=True)
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.place = Place(**state["place"])

    def batches(self) -> Iterator[list[Row]]:
        """From the place reached, on and on; the closing sources once it cools."""
        while True:
            sources = (
                self.recipe.closing_sources
                if self.place.closing
                else self.recipe.sources
            )
            epoch = epoch_batches(
                self.stories,
                read_pairs(self.pairs) if self.pairs else [],
                self.tokenizer,
                self.recipe,
                self.place.epoch,
                sources,
            )
            for number, rows in enumerate(epoch):
                if number < self.place.batch:
                    continue
                self.place.batch = number + 1
                yield rows
                if self.cooling() and not self.place.closing:
                    self.place.closing = True
                    break
            self.place.epoch += 1
            self.place.batch = 0

    def cooling(self) -> bool:
        return progress_of(self.place, self.recipe) > 1 - self.recipe.decay

    def step(self, rows: list[Row]) -> float:
        rate = rate_at(progress_of(self.place, self.recipe), self.recipe)
        batch = tensors_of(rows)
        loss, told, n = self.losses(self.model, **batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        for optimizer, full in zip(self.optimizers, self.rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = full * rate
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.place.step += 1
        self.place.tokens += int((batch["weights"] > 0).sum())
        return told.item() / max(1.0, n.item())

    def train(self, export_to: Path | None = None, stop_after: int | None = None):
        """Until the clock or the step count says so. Returns each step's loss."""
        recipe, place, seen = self.recipe, self.place, []
        checks = {
            source: held_out_batches(self.held_out, self.tokenizer, recipe, source)
            for source in ("tinystories", "first_person")
        }
        saved = exported = last = time.monotonic()
        tokens_at, time_at = place.tokens, last
        for rows in self.batches():
            seen.append(self.step(rows))
            now = time.monotonic()
            place.elapsed, last = place.elapsed + now - last, now
            ended = progress_of(place, recipe) >= 1
            if place.step % recipe.read_every == 0 or ended:
                speed = (place.tokens - tokens_at) / (now - time_at)
                tokens_at, time_at = place.tokens, now
                parts = [
                    f"step {place.step} epoch {place.epoch} tokens {place.tokens}",
                    f"elapsed {place.elapsed / 60:.1f} min, {speed:.0f} tok/s",
                    f"rate {rate_at(progress_of(place, recipe), recipe):.2f}",
                    f"train {np.mean(seen[-recipe.read_every :]):.3f}",
                ]
                for source, (batches, size) in checks.items():
                    nats = read_held_out(self.model, batches)
                    bits = nats / np.log(2) / max(size, 1e-9)
                    parts.append(f"{source} {nats:.3f} nats {bits:.3f} bits/byte")
                say("; ".join(parts), self.log)
            if ended or now - saved > recipe.checkpoint_minutes * 60:
                self.save()
                saved = now
            if export_to and (ended or now - exported > recipe.export_minutes * 60):
                export(self.model, self.tokenizer, recipe, export_to)
                exported = now
            if ended or (stop_after and len(seen) >= stop_after):
                self.save()
                return seen
        return seen


def train(corpus: str | None, recipe: Recipe, workshop: Path, resume: bool) -> None:
    workshop.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(recipe.threads)
    stories = load_stories(corpus_folder(corpus), workshop, recipe)
    tokenizer = load_tokenizer(stories, workshop, recipe)
    run = Run(stories, PAIRS, tokenizer, recipe, workshop)
    if resume:
        run.resume()
    parameters = sum(p.numel() for p in run.model.parameters())
    told_as_i = sum(s.as_i is not None for s in run.stories)
    say(
        f"start: {parameters} parameters, {len(run.stories)} stories "
        f"({told_as_i} may be told as I), {len(read_pairs())} pairs, "
        f"{len(run.held_out)} held out, {recipe}",
        run.log,
    )
    run.train(export_to=WEIGHTS)
    say("done", run.log)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", help="default: STORYLOOM_CORPUS")
    parser.add_argument("--minutes", type=float, default=Recipe.minutes)
    parser.add_argument("--steps", type=int, help="stop by steps, not by the clock")
    parser.add_argument("--threads", type=int, default=Recipe.threads)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--workshop", type=Path, default=WORKSHOP)


def from_arguments(options: dict) -> None:
    recipe = replace(
        Recipe(),
        minutes=options["minutes"],
        steps=options["steps"],
        threads=options["threads"],
    )
    train(options["corpus"], recipe, options["workshop"], options["resume"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    try:
        from_arguments(vars(parser.parse_args()))
    except CorpusMissing as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
