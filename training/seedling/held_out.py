"""What a run measures itself on: held-out stories by source, and plots told anew."""

import random
from dataclasses import replace

import torch

from training.seedling.batches import Batch, Library, documents_of, packed, stacked
from training.seedling.documents import Message, messages_of
from training.seedling.loss import losses, tensors_of
from training.seedling.prepare import Prepared
from training.seedling.recipe import Recipe
from training.seedling.scenes import scene_messages


def held_out_readings(
    held_out: list[Prepared], source: str, most: int = 96
) -> list[list[Message]]:
    stories = [story for story in held_out if story.source == source]
    return [messages_of(story, random.Random(story.key)) for story in stories[:most]]


def scene_readings(library: Library, most: int = 96) -> list[list[Message]]:
    """Plots told anew, to measure whether they are known.

    One known by heart costs about .2 nats a token: which telling, which thing. Much
    more says that the model mixes one plot up with another.
    """
    seeds = (random.Random(f"held out {number}") for number in range(most))
    return [scene_messages(library.lives, rng) for rng in seeds]


def held_out_batches(
    readings: list[list[Message]], tokenizer, recipe: Recipe
) -> tuple[list[Batch], float]:
    """Batches of readings, and bytes per told token for bits per byte."""
    documents, size, count = [], 0, 0
    for messages in readings:
        told = [m["content"] for m in messages if m["role"] == "assistant"]
        size += sum(len(t.encode()) for t in told)
        count += sum(len(tokenizer.encode(t).ids) for t in told)
        documents += documents_of(messages, tokenizer, recipe)
    rows = packed(documents, replace(recipe, row=recipe.context))
    most_rows = max(1, recipe.batch_tokens // recipe.context)
    batches = [stacked(rows[i : i + most_rows]) for i in range(0, len(rows), most_rows)]
    return batches, size / max(1, count)


@torch.no_grad()
def read_held_out(model, batches: list[Batch]) -> float:
    """Nats per told token."""
    total, count = 0.0, 0.0
    training, device = model.training, model.device
    model.eval()
    for batch in batches:
        # many shapes, each read once: not worth compiling for
        eager = torch.compiler.set_stance("force_eager")
        half = torch.autocast(device.type, torch.bfloat16, device.type == "cuda")
        with eager, half:
            told, n = losses(model, tensors_of(batch, str(device)))[1:]
        total, count = total + told.item(), count + n.item()
    model.train(training)
    return total / max(1.0, count)
