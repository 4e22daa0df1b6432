"""Learn from one's own wrong lines: what should come next over what was told instead.

Read line by line, the seedling knows its plots; left to itself, some line in ten is
wrong, and what follows a wrong line is lost. So it tells scenes itself, in rounds;
`following` finds the first line that leaves the plot, a step at a time (Lai et al.,
2024, arXiv 2406.18629); and where the two fork, the right line is preferred to the
wrong one without another model to compare with (CPO: Xu et al., 2024, arXiv
2401.08417). Ordinary batches in between keep what else it knows.
"""

import argparse
import contextlib
import itertools
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from os.path import commonprefix
from pathlib import Path

import torch
import torch.nn.functional as F

from training.engine import Engine, Message, Prompt, Sampling, open_engine
from training.engine.local.model import half_pays
from training.seedling.export import export
from training.seedling.following import Left, left
from training.seedling.recipe import WEIGHTS, WORKSHOP, CorpusMissing, Recipe
from training.seedling.scenes import STOP, Scene, a_scene
from training.seedling.tokenizer import rendered
from training.seedling.train import Run, open_run, say

END_ID = 1
NOTHING, CONTEXT, CHOSEN, REJECTED = range(4)
WIDTHS = 256, 512  # of a row, in tokens
FORKED = 8  # tokens looked at from where a wrong line forks off
SENTENCE = re.compile(r"[.!?][\"')]*(?=\s|$)")  # its end
LONGEST = 3  # sentences in a line of a plot


@dataclass(frozen=True)
class Study:
    """How a round is told and learnt from."""

    told: int = 1536  # passages told in a round
    at_once: int = 32
    most_tokens: int = 300  # of a passage
    temperature: float = 0.7
    openings: float = 0.55  # the share of passages that are openings
    from_start: float = 0.4  # of passages; the others are begun rightly
    beta: float = 0.5
    told_too: float = 0.3  # weight of the right line's own loss
    rate: float = 1e-4
    ordinary: int = 2  # steps on pairs for one ordinary batch


@dataclass(frozen=True)
class Task:
    """A passage to be told from `given` on."""

    scene: Scene
    at: int
    given: str

    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Told:
    text: str  # with what was given
    ended: bool  # by itself


@dataclass(frozen=True)
class StepPair:
    """Token ids; both go on from the same context, each with another token."""

    context: list[int]
    chosen: list[int]
    rejected: list[int]

    @property
    def size(self) -> int:
        return len(self.context) + len(self.chosen) + len(self.rejected)


def a_task(lives: Sequence, study: Study, rng: random.Random) -> Task:
    scene = a_scene(lives, rng)
    at = 0
    if len(scene.texts) > 1 and rng.random() > study.openings:
        at = rng.randrange(1, len(scene.texts))
    text, given = scene.texts[at], scene.greeting if at == 0 else ""
    ends = [mark.end() - 1 for mark in STOP.finditer(text) if mark.end() > len(given)]
    if ends and rng.random() > study.from_start:
        given = text[: rng.choice(ends)]
    return Task(scene, at, given.rstrip(" "), tuple(scene.messages()[: 2 * at + 2]))


def tell(engine: Engine, task: Task, seed: int, study: Study) -> Told:
    """The passage to its end, or as far as is needed to know that it went wrong."""
    sampling = Sampling(
        max_tokens=study.most_tokens,
        temperature=study.temperature,
        top_p=0.95,
        seed=seed,
        repetition_penalty=0.0,
    )
    begun: Message = {"role": "assistant", "content": task.given}
    prompt = Prompt((*task.messages, begun) if task.given else task.messages)
    text, read = task.given, 0
    with contextlib.closing(engine.generate(prompt, sampling)) as pieces:
        for piece in pieces:
            text += piece.text
            if piece.finish:
                return Told(text, piece.finish == "end")
            sentences = len(SENTENCE.findall(text))
            if sentences >= read + LONGEST:
                read = sentences
                found = left(task.scene, task.at, text)
                if found and surely(found):
                    break
    return Told(text, False)


def pair_of(task: Task, told: Told, tokenizer) -> StepPair | None:
    """None where the passage is right, or not told far enough to say."""
    text = told.text.rstrip()
    found = left(task.scene, task.at, text)
    if found is None or len(found.right) < len(task.given):
        return None
    if not told.ended and not surely(found):
        return None
    prompt = "".join(words for words, _ in rendered(list(task.messages)))
    return forked(prompt + found.right, found, told.ended, tokenizer)


def surely(found: Left) -> bool:
    """Whatever may still come: more was told than the longest line."""
    return len(SENTENCE.findall(found.wrong)) > LONGEST


def forked(context: str, found: Left, ended: bool, tokenizer) -> StepPair:
    """Both lines from their first different token on."""

    def ids(words: str) -> list[int]:
        return tokenizer.encode(words, add_special_tokens=False).ids

    gap = " " if found.right and not found.right[-1].isspace() else ""
    right = ids(gap + found.due) if found.due else [END_ID]
    wrong = [*(ids(gap + found.wrong) if found.wrong else []), *[END_ID] * ended]
    same = len(commonprefix([right, wrong]))
    far = same + FORKED
    context_ids = [*ids(context), *right[:same]]
    return StepPair(context_ids, right[same:far], wrong[same:far])


def batches_of(pairs: list[StepPair], tokens: int) -> list[list[StepPair]]:
    """Pairs of like width side by side; those too long for any row are left out."""
    found = []
    for narrower, width in itertools.pairwise((0, *WIDTHS)):
        alike = [pair for pair in pairs if narrower < pair.size <= width]
        rows = tokens // width
        found += [alike[at : at + rows] for at in range(0, len(alike), rows)]
    return found


def tensors_of(pairs: list[StepPair], tokens: int) -> dict[str, torch.Tensor]:
    """A pair a row: its context, the right line, the wrong line; [rows, width].

    Both lines stand behind the context, and neither sees the other. Rows that no pair
    fills stay empty: a compiled model wants the same shape again.
    """
    width = next(w for w in WIDTHS if w >= max(p.size for p in pairs))
    shape = tokens // width, width
    ids, part = torch.zeros(shape, dtype=torch.long), torch.full(shape, NOTHING)
    positions = torch.zeros_like(ids)
    for row, p in enumerate(pairs):
        c, k, r = len(p.context), len(p.chosen), len(p.rejected)
        ids[row, : p.size] = torch.tensor([*p.context, *p.chosen, *p.rejected])
        kinds = [CONTEXT] * c + [CHOSEN] * k + [REJECTED] * r
        part[row, : p.size] = torch.tensor(kinds)
        positions[row, : p.size] = torch.tensor([*range(c + k), *range(c, c + r)])
    return {"ids": ids, "part": part, "positions": positions}


def log_likelihoods(model, tensors) -> tuple[torch.Tensor, torch.Tensor]:
    """Of the right lines and of the wrong ones, in nats; [rows]."""
    ids, part = tensors["ids"], tensors["part"]
    before = torch.ones(ids.size(1), ids.size(1), dtype=torch.bool, device=ids.device)
    seen = (part[:, None, :] == CONTEXT) | (part[:, None, :] == part[:, :, None])
    seen &= before.tril() & (part[:, None, :] != NOTHING)
    seen |= torch.eye(ids.size(1), dtype=torch.bool, device=ids.device)
    logits = model(
        input_ids=ids,
        position_ids=tensors["positions"],
        attention_mask=seen[:, None],
        use_cache=False,
    ).logits
    # a line's first token is foreseen where the context ends
    last = ((part == CONTEXT).sum(1) - 1).clamp(min=0)
    at = torch.arange(ids.size(1), device=ids.device).expand_as(ids) - 1
    begins = (part == REJECTED) & (part.roll(1, 1) != REJECTED)
    at = torch.where(begins, last[:, None], at.clamp(min=0))
    foreseen = logits.float().log_softmax(-1)
    rows = torch.arange(len(ids), device=ids.device)[:, None]
    each = foreseen[rows, at, ids]
    right, wrong = ((each * (part == kind)).sum(1) for kind in (CHOSEN, REJECTED))
    return right, wrong


class Studies:
    """Rounds of telling, judging and learning, of a run's model."""

    def __init__(self, run: Run, study: Study, seed: int):
        self.run, self.study = run, study
        self.model, self.tokenizer = run.model, run.tokenizer
        self.rng = random.Random(seed)
        self.ordinary = run.batches()
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=study.rate, betas=(0.9, 0.98), weight_decay=0.0
        )

    def round(self, rate: float) -> str:
        """Returns what was told and learnt, in a line."""
        began = time.monotonic()
        pairs, right = self.pairs()
        told_in = time.monotonic() - began
        preferred = self.learn(pairs, rate)
        return (
            f"rate {rate:.2f}: {right:.3f} of {self.study.told} passages right, "
            f"{len(pairs)} pairs in {told_in:.0f} s; the right line was likelier in "
            f"{preferred:.3f}; {time.monotonic() - began:.0f} s"
        )

    def learn(self, pairs: list[StepPair], rate: float) -> float:
        """Each pair once. Returns in how many the right line was likelier before."""
        study = self.study
        for group in self.optimizer.param_groups:
            group["lr"] = study.rate * rate
        batches = batches_of(pairs, self.run.recipe.batch_tokens)
        self.rng.shuffle(batches)
        better = 0
        self.model.train()
        for number, batch in enumerate(batches):
            loss, likelier = self.loss(batch)
            loss.backward()
            better += likelier
            if number % study.ordinary == 0:
                self.run.losses(next(self.ordinary))[0].backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
        return better / max(1, len(pairs))

    def pairs(self) -> tuple[list[StepPair], float]:
        """And the share of passages that were right to their end."""
        lives, study = self.run.stream.library.lives, self.study
        tasks = [a_task(lives, study, self.rng) for _ in range(study.told)]
        seeds = [self.rng.getrandbits(31) for _ in tasks]
        with self.engine() as engine, ThreadPoolExecutor(study.at_once) as pool:
            told = list(
                pool.map(lambda t, seed: tell(engine, t, seed, study), tasks, seeds)
            )
        found = [
            pair_of(task, text, self.tokenizer)
            for task, text in zip(tasks, told, strict=True)
        ]
        pairs = [pair for pair in found if pair]
        return pairs, 1 - len(pairs) / len(tasks)

    @contextlib.contextmanager
    def engine(self) -> Iterator[Engine]:
        """The model as it is now, in the engine that people's stories come from."""
        recipe, study = self.run.recipe, self.study
        with tempfile.TemporaryDirectory() as folder:
            export(self.model, self.tokenizer, recipe, Path(folder))
            with contextlib.closing(
                open_engine(
                    folder,
                    device=recipe.device,
                    threads=recipe.threads,
                    max_batch=study.at_once,
                )
            ) as engine:
                yield engine

    def loss(self, pairs: list[StepPair]) -> tuple[torch.Tensor, int]:
        """And in how many pairs the right line is likelier."""
        device = self.model.device.type
        tensors = tensors_of(pairs, self.run.recipe.batch_tokens)
        tensors = {name: tensor.to(device) for name, tensor in tensors.items()}
        with torch.autocast(device, torch.bfloat16, enabled=half_pays(device)):
            right, wrong = log_likelihoods(self.model, tensors)
        right, wrong = right[: len(pairs)], wrong[: len(pairs)]
        preference = -F.logsigmoid(self.study.beta * (right - wrong)).mean()
        told = -right.mean() / FORKED
        return (
            preference + self.study.told_too * told,
            int((right > wrong).sum()),
        )


def study(
    corpus: str | None,
    minutes: float,
    start: Path,
    weights: Path,
    workshop: Path,
    how: Study = Study(),
    device: str = "cpu",
    seed: int = 11,
) -> None:
    """Rounds until the time is over, the rate falling to nothing; written each time."""
    recipe = replace(Recipe().finish(), seed=seed, device=device, compiled=False)
    run = open_run(corpus, recipe, workshop)
    run.start_from(start)
    run.place.closing = True
    studies = Studies(run, how, seed)
    began = time.monotonic()
    while (done := (time.monotonic() - began) / 60 / minutes) < 1:
        say(studies.round(1 - done), run.log)
        export(run.model, run.tokenizer, recipe, weights)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", help="default: STORYLOOM_CORPUS")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--start", type=Path, default=WEIGHTS)
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="written here")
    parser.add_argument("--workshop", type=Path, default=WORKSHOP)
    options = parser.parse_args()
    try:
        study(
            options.corpus,
            options.minutes,
            options.start,
            options.weights,
            options.workshop,
            device=options.device,
        )
    except CorpusMissing as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
