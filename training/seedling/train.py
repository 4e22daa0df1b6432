"""One command from corpus to weights.

python manage.py train_seedling --corpus PATH [--minutes N] [--resume]
"""

import argparse
import json
import os
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

from training.engine.local.model import half_pays
from training.seedling.batches import Batch, Document, Row, stacked
from training.seedling.export import export, new_model
from training.seedling.graphs import Graphs
from training.seedling.held_out import (
    held_out_batches,
    held_out_readings,
    read_held_out,
    scene_readings,
)
from training.seedling.library import (
    open_library,
    open_tokenizer,
    without_held_out,
)
from training.seedling.loss import losses, losses_of, tensors_of
from training.seedling.optimizer import optimizers_of
from training.seedling.prepare import Prepared
from training.seedling.recipe import WEIGHTS, WORKSHOP, CorpusMissing, Recipe
from training.seedling.stream import Stream

READ = ("tinystories", "first_person")  # held-out stories that the log measures


@dataclass
class Place:
    """Where in the run we are; saved with every checkpoint."""

    step: int = 0
    tokens: int = 0
    elapsed: float = 0.0
    epoch: int = 0
    chunk: int = 0  # within the epoch
    batch: int = 0  # within the chunk
    closing: bool = False


def say(text: str, log: Path) -> None:
    line = f"{time.strftime('%H:%M:%S')} {text}"
    print(line, flush=True)
    with log.open("a", encoding="utf-8") as out:
        out.write(line + "\n")


def rate_at(progress: float, recipe: Recipe) -> float:
    """Warm-up, stable, linear decay to nothing: WSD."""
    if progress < recipe.warm_up:
        return max(0.02, progress / recipe.warm_up)
    return min(1.0, max(0.0, (1 - progress) / recipe.decay))


def progress_of(place: Place, recipe: Recipe) -> float:
    if recipe.steps is not None:
        return place.step / recipe.steps
    return place.elapsed / (recipe.minutes * 60)


class Run:
    """A training run: model, optimisers and the place reached, saved together."""

    def __init__(
        self,
        stream: Stream,
        held_out: list[Prepared],
        workshop: Path,
        teacher=None,
    ):
        self.stream, self.held_out, self.workshop = stream, held_out, workshop
        self.tokenizer, self.recipe = stream.tokenizer, stream.recipe
        recipe = self.recipe
        self.model = new_model(recipe).to(recipe.device).train()
        self.teacher = teacher
        self.optimizers = optimizers_of(self.model, recipe)
        self.rates = [float(o.param_groups[0]["lr"]) for o in self.optimizers]
        self.place = Place()
        self.log = workshop / "train.log"
        self.losses_of = losses_of
        self.learn_from = self.learn
        if recipe.compiled:  # a layer at a time: the same code serves all of them
            for layer in self.model.model.layers:
                layer.compile(dynamic=False)
            self.losses_of = torch.compile(losses_of, dynamic=False)

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
        device = self.recipe.device
        state = torch.load(self.checkpoint, weights_only=True, map_location=device)
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            groups = zip(optimizer.param_groups, saved["param_groups"], strict=True)
            for own, group in groups:  # what this device needs, wherever it was saved
                group |= {
                    name: own[name] for name in ("lr", "capturable") if name in own
                }
            optimizer.load_state_dict(saved)
        self.place = Place(**state["place"])

    def start_from(self, weights: Path) -> None:
        from transformers import AutoModelForCausalLM

        known = AutoModelForCausalLM.from_pretrained(weights, dtype=torch.float32)
        self.model.load_state_dict(known.state_dict())

    def batches(self) -> Iterator[Batch]:
        """From the place reached, on and on; the closing sources once it cools."""
        place = self.place
        while True:
            start = (place.epoch, place.chunk)
            for where, batches in self.stream.chunks(place.closing, *start):
                if where[1:] != (place.epoch, place.chunk):
                    (place.epoch, place.chunk), place.batch = where[1:], 0
                for number, batch in enumerate(batches):
                    if number < place.batch:
                        continue
                    place.batch = number + 1
                    yield batch
                if self.cooling() and not place.closing:
                    place.closing = True
                    place.epoch, place.chunk, place.batch = place.epoch + 1, 0, 0
                    break

    def cooling(self) -> bool:
        return progress_of(self.place, self.recipe) > 1 - self.recipe.decay

    def losses(self, tensors: dict) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        device = self.recipe.device
        kind = torch.bfloat16
        # In a graph a matrix that was halved before it began would stay as it was.
        with torch.autocast(device, kind, half_pays(device), cache_enabled=False):
            return losses(
                self.model, tensors, self.losses_of, self.teacher, self.recipe.taught
            )

    def warm_up(self) -> None:
        """Compile for both lengths of a row before the clock starts."""
        on_gpu = self.recipe.device == "cuda"
        if on_gpu:
            self.set_rates(0.0)
            self.learn_from = Graphs(self.learn, list(self.model.parameters()))
        for length in (self.recipe.row, self.recipe.context):
            row = Row(length, [Document([0] * length, [0.0] * length)])
            rows = max(1, self.recipe.batch_tokens // length)
            idle = tensors_of(stacked([row] * rows), self.recipe.device)
            if on_gpu:
                self.learn_from.capture(idle)
            else:  # no step: momentum stays as a resumed run left it
                self.losses(idle)[0].backward()

    def set_rates(self, share: float) -> None:
        for optimizer, full in zip(self.optimizers, self.rates, strict=True):
            for group in optimizer.param_groups:
                if isinstance(group["lr"], torch.Tensor):
                    group["lr"].fill_(full * share)
                else:
                    group["lr"] = full * share

    def learn(self, tensors: dict[str, torch.Tensor]) -> torch.Tensor:
        """Returns nats per told token, still on the device: reading it would wait."""
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss, told, n = self.losses(tensors)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return told / n.clamp(min=1)

    def step(self, batch: Batch) -> torch.Tensor:
        recipe = self.recipe
        self.set_rates(rate_at(progress_of(self.place, recipe), recipe))
        told = self.learn_from(tensors_of(batch, recipe.device))
        self.place.step += 1
        self.place.tokens += int((batch["weights"] > 0).sum())
        return told

    def train(
        self, export_to: Path | None = None, stop_after: int | None = None
    ) -> list[float]:
        """Until the clock or the step count says so. Returns each step's loss."""
        recipe, place = self.recipe, self.place
        seen: list[torch.Tensor] = []
        readings = {source: held_out_readings(self.held_out, source) for source in READ}
        readings["scenes"] = scene_readings(self.stream.library)
        checks = {
            name: held_out_batches(messages, self.tokenizer, recipe)
            for name, messages in readings.items()
        }
        if recipe.compiled:
            self.warm_up()
        saved = exported = last = time.monotonic()
        tokens_at, time_at = place.tokens, last
        for batch in self.batches():
            seen.append(self.step(batch))
            if recipe.device == "cuda" and place.step % 20 == 0:
                torch.cuda.synchronize()  # or the clock runs ahead of the work
            now = time.monotonic()
            place.elapsed, last = place.elapsed + now - last, now
            ended = progress_of(place, recipe) >= 1
            if place.step % recipe.read_every == 0 or ended:
                speed = (place.tokens - tokens_at) / (now - time_at)
                tokens_at, time_at = place.tokens, now
                self.report(seen[-recipe.read_every :], speed, checks)
            if ended or now - saved > recipe.checkpoint_minutes * 60:
                self.save()
                saved = now
            if export_to and (ended or now - exported > recipe.export_minutes * 60):
                export(self.model, self.tokenizer, recipe, export_to)
                exported = now
            if ended or (stop_after and len(seen) >= stop_after):
                self.save()
                break
        self.stream.close()
        return [loss.item() for loss in seen]

    def report(self, losses: list[torch.Tensor], speed: float, checks: dict) -> None:
        place, recipe = self.place, self.recipe
        parts = [
            f"step {place.step} epoch {place.epoch} tokens {place.tokens}",
            f"elapsed {place.elapsed / 60:.1f} min, {speed:.0f} tok/s",
            f"rate {rate_at(progress_of(place, recipe), recipe):.2f}",
            f"train {np.mean([loss.item() for loss in losses]):.3f}",
        ]
        for source, (batches, size) in checks.items():
            nats = read_held_out(self.model, batches)
            bits = nats / np.log(2) / max(size, 1e-9)
            parts.append(f"{source} {nats:.3f} nats {bits:.3f} bits/byte")
        say("; ".join(parts), self.log)


def described(run: Run, name: str) -> str:
    parameters = sum(p.numel() for p in run.model.parameters())
    library = run.stream.library
    told_as_i = sum(s.told_as_i for s in library.stories)
    return (
        f"{name}: {parameters} parameters, {len(library.stories)} stories "
        f"({told_as_i} may be told as I), {len(library.pairs)} pairs, "
        f"{len(library.lives)} lives, {len(run.held_out)} held out, {run.recipe}"
    )


def taught_by(stream: Stream, held_out: list[Prepared], workshop: Path):
    """A larger model, trained first, or read where it was trained before."""
    workshop.mkdir(parents=True, exist_ok=True)
    run = Run(stream, held_out, workshop)
    say(described(run, "teacher"), run.log)
    if run.checkpoint.exists():
        run.resume()
    if progress_of(run.place, stream.recipe) < 1:
        run.train()
    stream.close()
    return run.model.eval().requires_grad_(False)


def train(
    corpus: str | None,
    recipe: Recipe,
    workshop: Path,
    resume: bool,
    weights: Path = WEIGHTS,
    teacher_minutes: float = 0.0,
    start: Path | None = None,
    respell: bool = False,
) -> None:
    workshop.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(recipe.threads)
    torch.set_float32_matmul_precision("high")
    library = open_library(corpus, recipe, workshop)
    tokenizer = open_tokenizer(library, recipe, workshop, start, respell)
    stories, held_out = without_held_out(library.stories, recipe)
    library = replace(library, stories=stories)
    # Processes are forked before a GPU is in use, so both streams are opened first.
    stream = Stream(library, tokenizer, recipe)
    teacher = None
    if teacher_minutes:
        larger = Stream(library, tokenizer, recipe.teacher(teacher_minutes))
        teacher = taught_by(larger, held_out, workshop / "teacher")
    run = Run(stream, held_out, workshop, teacher)
    if start:
        run.start_from(start)
    if resume:
        run.resume()
    say(described(run, "start"), run.log)
    run.train(export_to=weights)
    say("done", run.log)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", help="default: STORYLOOM_CORPUS")
    parser.add_argument("--minutes", type=float, default=Recipe.minutes)
    parser.add_argument("--steps", type=int, help="stop by steps, not by the clock")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--threads", type=int, default=Recipe.threads)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--workshop", type=Path, default=WORKSHOP)
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="written here")
    add = parser.add_argument
    add(
        "--respell",
        action="store_true",
        help="with --finish: spell rare tokens in pieces",
    )
    add("--rate", type=float, help="of the matrices; the others keep their share of it")
    add(
        "--scenes",
        type=int,
        help="told from plots in one epoch: more learn them sooner",
    )
    add("--dropout", type=float, help="default: .05 on a GPU, none on a CPU")
    add("--teacher-minutes", type=float, default=0.0, help="train a teacher first")
    add("--finish", type=Path, help="a short last run from the weights in a folder")
    add("--optimizer", choices=["muon", "adamw"], default=Recipe.optimizer)
    add("--taught", type=float, default=0.6, help="share of its teaching in the loss")


def from_arguments(options: dict) -> None:
    recipe = Recipe().on_gpu() if options["device"] == "cuda" else Recipe()
    if options["finish"]:
        recipe = recipe.finish()
    if options["rate"] is not None:
        recipe = recipe.at_rate(options["rate"])
    if options["scenes"] is not None:
        scenes = options["scenes"]
        recipe = replace(recipe, scenes=scenes, closing_scenes=scenes)
    if options["dropout"] is not None:
        recipe = replace(recipe, dropout=options["dropout"])
    recipe = replace(
        recipe,
        minutes=options["minutes"],
        steps=options["steps"],
        threads=options["threads"],
        optimizer=options["optimizer"],
        taught=options["taught"] if options["teacher_minutes"] else 0.0,
    )
    train(
        options["corpus"],
        recipe,
        options["workshop"],
        options["resume"],
        options["weights"],
        options["teacher_minutes"],
        options["finish"],
        options["respell"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    try:
        from_arguments(vars(parser.parse_args()))
    except CorpusMissing as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
