"""Teach a model one person's voice: a LoRA adapter on what they wrote.

Top to bottom: the base with an adapter's weights, windows of the person's text mixed
with what the bare model itself would write (so it unlearns nothing else), a look at
held-out text now and then, the best weights kept. PEFT makes the adapter; the loop is
ours because it must stop within a step, resume exactly and say how far it is.
"""

import math
import random
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from peft import (
    LoraConfig,
    PeftModel,
    get_peft_model,
    get_peft_model_state_dict,
    set_peft_model_state_dict,
)
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from training.engine.base import EngineError
from training.engine.fitting import Progress, Recipe, Stage
from training.engine.local import checkpoint
from training.engine.local.adapters import Adapter, as_tensors
from training.engine.local.dataset import HasIds, Window, batches_of, padded
from training.engine.local.model import half_pays

#: Seconds between two checkpoints, and between two signs of life.
SAVE_EVERY, SAY_EVERY = 20.0, 0.5
#: Windows out of which batches of about one length are made.
NEIGHBOURS = 32
#: An epoch's tokens over those of one look.
LOOK_SHARE = 20


class Objective(Protocol):
    """What learning means in a stage: a loss to lower, on some items."""

    def loss(self, model: PeftModel, items: Sequence[Any]) -> Tensor: ...

    def look(self, model: PeftModel, items: Sequence[Any]) -> float:
        """The same without gradients, over many items."""
        ...


class Telling:
    """To find the person's next token likelier."""

    def loss(self, model: PeftModel, items: Sequence[Window]) -> Tensor:
        return loss_of(model, padded(items, model.device))

    def look(self, model: PeftModel, items: Sequence[Window]) -> float:
        return mean(nats_of(model, items))


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learnt from in one stage, and at what rate."""

    stage: Stage
    train: Sequence[HasIds]
    valid: Sequence[HasIds]
    replay: Sequence[HasIds]
    recipe: Recipe
    seed: int
    folder: Path
    objective: Objective = field(default_factory=Telling)


def with_adapter(
    model: PreTrainedModel, recipe: Recipe, start: Adapter | None = None
) -> PeftModel:
    """The model with an adapter on every linear layer but the output: a fresh one, or
    a copy of `start`, of the recipe's rank and strength."""
    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=round(recipe.rank * recipe.strength),
        lora_dropout=recipe.dropout,
        target_modules="all-linear",
        fan_in_fan_out=any(isinstance(m, Conv1D) for m in model.modules()),
        bias="none",
        task_type="CAUSAL_LM",
    )
    torch.manual_seed(0)
    voice = get_peft_model(model, config)
    if start is not None:
        set_peft_model_state_dict(voice, as_tensors(start))
    return voice


def config_of(model: PeftModel, base: str) -> dict:
    """The adapter's configuration as it is published: only what PEFT must know."""
    told = model.peft_config["default"]
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": told.r,
        "lora_alpha": told.lora_alpha,
        "lora_dropout": told.lora_dropout,
        "target_modules": sorted(told.target_modules),
        "fan_in_fan_out": told.fan_in_fan_out,
        "bias": "none",
        "inference_mode": True,
    }


def tensors_of(model: PeftModel) -> dict[str, Tensor]:
    return get_peft_model_state_dict(model)


class Plan:
    """The batches of every step, the same whenever they are made again."""

    def __init__(self, lesson: Lesson) -> None:
        if not lesson.train:
            raise EngineError("There is nothing to learn from.")
        self.lesson = lesson
        self._epochs: dict[int, list[list[HasIds]]] = {}
        count = len(self.epoch(0))
        self.steps = max(1, round(count * lesson.recipe.epochs))
        self.look_every = max(1, count // lesson.recipe.looks)

    def epoch(self, number: int) -> list[list[HasIds]]:
        if number not in self._epochs:
            self._epochs = {number: self._make(number)}
        return self._epochs[number]

    def batch(self, step: int) -> list[HasIds]:
        number = 0
        while step >= len(self.epoch(number)):
            step -= len(self.epoch(number))
            number += 1
        return self.epoch(number)[step]

    def _make(self, number: int) -> list[list[HasIds]]:
        lesson = self.lesson
        dice = random.Random(f"{lesson.seed} {number}")
        share = lesson.recipe.replay
        wanted = round(len(lesson.train) * share / (1 - share))
        drawn = list(lesson.replay)
        often, rest = divmod(wanted, len(drawn)) if drawn else (0, 0)
        windows = [*lesson.train, *drawn * often, *dice.sample(drawn, rest)]
        order = list(range(len(windows)))
        dice.shuffle(order)
        order = alike_in_length(order, [len(window.ids) for window in windows])
        batches = batches_of(windows, lesson.recipe.step_tokens, order)
        dice.shuffle(batches)
        return batches


def alike_in_length(order: list[int], lengths: list[int]) -> list[int]:
    """Neighbours of about one length, as a batch is padded to its longest: in a random
    order a seventh of what is read would be nothing."""
    return [
        at
        for begin in range(0, len(order), NEIGHBOURS)
        for at in sorted(order[begin : begin + NEIGHBOURS], key=lengths.__getitem__)
    ]


def learn(
    model: PeftModel, lesson: Lesson, limit: float
) -> Generator[Progress, None, None]:
    """Fit the adapter; leaves the best weights in the model. Resumes by itself.

    Closing it saves a checkpoint first. `limit`: seconds it may take in all.
    """
    recipe, plan = lesson.recipe, Plan(lesson)
    weights = list(checkpoint.weights_of(model).values())
    optimizer = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=recipe.decay)
    best = {n: w.detach().clone() for n, w in checkpoint.weights_of(model).items()}
    state = checkpoint.State(stage=lesson.stage)
    if (found := checkpoint.load(lesson.folder, model, optimizer)) is not None:
        state, best = found
    if not state.looks:
        _look(model, lesson, state, best)
    began, saved, said = time.monotonic() - state.seconds, time.monotonic(), 0.0
    try:
        while state.step < plan.steps and state.stale < recipe.patience:
            loss = _step(model, optimizer, plan, state, weights)
            now = time.monotonic()
            state.seconds = now - began
            if state.step % plan.look_every == 0 or state.step == plan.steps:
                _look(model, lesson, state, best)
            if state.seconds > limit:
                raise EngineError("Learning took longer than it may.")
            if now - saved > SAVE_EVERY:
                checkpoint.save(lesson.folder, state, model, optimizer, best)
                saved = time.monotonic()
            if now - said > SAY_EVERY or state.step == 1:
                said = now
                yield _progress(lesson, state, plan, loss)
    finally:  # at its end too: the checks that follow may be cut off
        checkpoint.save(lesson.folder, state, model, optimizer, best)
    for name, tensor in checkpoint.weights_of(model).items():
        tensor.data.copy_(best[name])
    yield _progress(lesson, state, plan, state.losses[-1][1] if state.losses else None)


def _step(
    model: PeftModel,
    optimizer: torch.optim.Optimizer,
    plan: Plan,
    state: checkpoint.State,
    weights: list[torch.nn.Parameter],
) -> float:
    recipe = plan.lesson.recipe
    # Dropout is the same again after a pause.
    torch.manual_seed(plan.lesson.seed * 1_000_003 + state.step)
    model.train()
    batch = plan.batch(state.step)
    for group in optimizer.param_groups:
        group["lr"] = recipe.rate * pace(state.step, plan.steps, recipe.warm_up)
    loss = plan.lesson.objective.loss(model, batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(weights, 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    found = float(loss.detach())
    if not math.isfinite(found):
        raise EngineError("Learning failed: the numbers ran out of bounds.")
    state.step += 1
    state.tokens += sum(len(item.ids) for item in batch)
    state.losses.append([state.step, round(found, 4)])
    return found


def pace(step: int, steps: int, warm_up: float) -> float:
    """The learning rate's share: up to 1 at first, then down along a cosine."""
    begin = max(1, round(steps * warm_up))
    if step < begin:
        return (step + 1) / begin
    done = (step - begin) / max(1, steps - begin)
    return 0.1 + 0.45 * (1 + math.cos(math.pi * done))


def loss_of(model: PeftModel, batch: dict[str, Tensor]) -> Tensor:
    """Mean nats over the tokens to be learnt."""
    device = model.device.type
    with torch.autocast(device, torch.bfloat16, enabled=half_pays(device)):
        logits = model(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]
        ).logits
    labels = batch["labels"][:, 1:].flatten()
    return cross_entropy(logits[:, :-1].flatten(0, 1).float(), labels)


@torch.inference_mode()
def nats_of(
    model: PreTrainedModel | PeftModel, windows: Sequence[Window], tokens: int = 2048
) -> list[tuple[float, int]]:
    """(nats, tokens) of every window, in their order."""
    model.eval()
    order = sorted(range(len(windows)), key=lambda at: len(windows[at].ids))
    found: list[tuple[float, int]] = [(0.0, 0)] * len(windows)
    at = 0
    for group in batches_of(windows, tokens, order):
        batch = padded(group, model.device)
        logits = model(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]
        ).logits[:, :-1]
        labels = batch["labels"][:, 1:]
        nats = cross_entropy(
            logits.float().transpose(1, 2), labels, reduction="none"
        ).sum(1)
        for value, window in zip(nats.tolist(), group, strict=True):
            found[order[at]] = (value, window.learnt)
            at += 1
    return found


def mean(nats: Sequence[tuple[float, int]]) -> float:
    return sum(value for value, _ in nats) / max(1, sum(count for _, count in nats))


def glimpse(lesson: Lesson) -> Sequence[HasIds]:
    """Held-out windows from all over, about a twentieth of what an epoch reads: two
    looks an epoch must not cost a tenth of it."""
    most = sum(len(item.ids) for item in lesson.train) / LOOK_SHARE
    held = sum(len(item.ids) for item in lesson.valid)
    return lesson.valid[:: max(1, round(held / max(1.0, most)))]


def _look(
    model: PeftModel, lesson: Lesson, state: checkpoint.State, best: dict[str, Tensor]
) -> None:
    """At held-out text: are these the best weights so far?"""
    model.eval()
    valid = glimpse(lesson)
    found = lesson.objective.look(model, valid) if valid else 0.0
    state.looks.append([state.step, round(found, 4)])
    if valid and state.best is not None and found >= state.best:
        state.stale += 1
        return
    state.best, state.stale = found, 0
    for name, weights in checkpoint.weights_of(model).items():
        best[name].copy_(weights.detach())


def smoothed(
    losses: Sequence[Sequence[float]], points: int = 12
) -> tuple[tuple[int, float], ...]:
    """Means of neighbouring steps, at most so many."""
    size = max(1, -(-len(losses) // points))
    groups = [losses[at : at + size] for at in range(0, len(losses), size)]
    return tuple(
        (int(group[-1][0]), round(sum(nats for _, nats in group) / len(group), 4))
        for group in groups
    )


def _progress(
    lesson: Lesson, state: checkpoint.State, plan: Plan, loss: float | None
) -> Progress:
    left = (plan.steps - state.step) * state.seconds / max(1, state.step)
    return Progress(
        stage=lesson.stage,
        share=state.step / plan.steps,
        seconds_left=left,
        step=state.step,
        steps=plan.steps,
        tokens=state.tokens,
        loss=loss,
        held_out=tuple((int(step), nats) for step, nats in state.looks),
        learnt=smoothed(state.losses),
    )
