"""From what a person wrote to windows of tokens, with a mask of what to learn.

A window is a conversation as the editor holds it: an ask, a passage, an ask, ... so
an adapter learns to write after exactly what it will be asked. Only the passages, and
that they end, are learnt; asks are not the person's words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol, TypeVar

import torch
from torch import Tensor

from training.engine.base import Message, Prompt
from training.engine.cutting import passages_of
from training.engine.fitting import Preferred, Rated, Told
from training.engine.local.chat import CONTINUE, Chat

T = TypeVar("T", bound="HasIds")


class HasIds(Protocol):
    @property
    def ids(self) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids, and which of them are to be learnt (never the first)."""

    ids: list[int]
    told: list[bool]
    document: str = ""

    @property
    def learnt(self) -> int:
        return sum(self.told)


def windows_of(chat: Chat, told: Iterable[Told], room: int) -> list[Window]:
    """Windows of at most `room` tokens; each holds passages of one document only."""
    found: list[Window] = []
    for document, texts in groupby(told, key=lambda each: each.document):
        pieces = [
            Told(passage, document, each.ask, each.header)
            for each in texts
            for passage in passages_of(each.text)
        ]
        found += _fill(chat, pieces, room)
    return [window for window in found if window.learnt]


def _fill(chat: Chat, pieces: Sequence[Told], room: int) -> Iterator[Window]:
    window: Window | None = None
    messages: list[Message] = []
    for piece in pieces:
        longer = window and _lengthened(chat, window, messages, piece)
        if longer is None or len(longer.ids) > room:
            if window:
                yield window
            messages = head(piece)
            longer = _begun(chat, piece, room)
        window = longer
        messages += turn(piece)
    if window:
        yield window


def head(piece: Told) -> list[Message]:
    return [{"role": "system", "content": piece.header}] if piece.header else []


def turn(piece: Told) -> list[Message]:
    return [
        {"role": "user", "content": piece.ask or CONTINUE},
        {"role": "assistant", "content": piece.text},
    ]


def _begun(chat: Chat, piece: Told, room: int) -> Window:
    messages = [*head(piece), *turn(piece)]
    prompt = chat.encode(Prompt(tuple(messages[:-1])))
    ids = chat.ids(piece.text)[: max(0, room - len(prompt) - 1)]
    end = _end(chat, prompt, ids, messages)
    told = [False] * len(prompt) + [True] * (len(ids) + len(end))
    return Window(prompt + ids + end, told, piece.document)


def _end(
    chat: Chat, prompt: list[int], ids: list[int], messages: list[Message]
) -> list[int]:
    """The token with which the template ends a passage, if it has one."""
    asked: Message = {"role": "user", "content": CONTINUE}
    whole = chat.encode(Prompt((*messages, asked)))
    so_far = prompt + ids
    if whole[: len(so_far)] != so_far or len(whole) == len(so_far):
        return []
    return whole[len(so_far) : len(so_far) + 1]


def _lengthened(
    chat: Chat, window: Window, messages: list[Message], piece: Told
) -> Window | None:
    """The window with one turn more; None if the template rewrites what came before."""
    added = turn(piece)
    prompt = chat.encode(Prompt((*messages, added[0])))
    if prompt[: len(window.ids)] != window.ids:
        return None
    ids = chat.ids(piece.text)
    end = _end(chat, prompt, ids, [*messages, *added])
    between = [False] * (len(prompt) - len(window.ids))
    told = window.told + between + [True] * (len(ids) + len(end))
    return Window(prompt + ids + end, told, piece.document)


def pair_of(chat: Chat, each: Preferred, room: int) -> tuple[Window, Window]:
    """What was chosen and what was not, after the same context and ask."""
    prompt, messages = _asked(chat, each.context, each.ask, room)
    return (
        _answer(chat, prompt, messages, each.chosen, room),
        _answer(chat, prompt, messages, each.rejected, room),
    )


def rated_of(chat: Chat, each: Rated, room: int) -> Window:
    """What was liked or not, after its context and ask."""
    prompt, messages = _asked(chat, each.context, each.ask, room)
    return _answer(chat, prompt, messages, each.text, room)


def _asked(
    chat: Chat, context: str, ask: str, room: int
) -> tuple[list[int], list[Message]]:
    """The prompt that was answered; without its context if that leaves no room."""
    before = turn(Told(context)) if context else []
    asked: Message = {"role": "user", "content": ask or CONTINUE}
    prompt = chat.encode(Prompt((*before, asked)))
    if len(prompt) <= room // 2:
        return prompt, [*before, asked]
    return chat.encode(Prompt((asked,)))[-room // 2 :], [asked]


def _answer(
    chat: Chat, prompt: list[int], messages: list[Message], text: str, room: int
) -> Window:
    ids = chat.ids(text)[: room - len(prompt) - 1]
    told: Message = {"role": "assistant", "content": text}
    end = _end(chat, prompt, ids, [*messages, told])
    mask = [False] * len(prompt) + [True] * (len(ids) + len(end))
    return Window(prompt + ids + end, mask)


def batches_of(
    windows: Sequence[T], tokens: int, order: Sequence[int]
) -> list[list[T]]:
    """In this order, so many to a batch that padded they hold about `tokens`.

    Whatever has `ids` can be put into batches.
    """
    batches: list[list[T]] = []
    longest = 0
    for at in order:
        window = windows[at]
        longest = max(longest, len(window.ids))
        if batches and longest * (len(batches[-1]) + 1) <= tokens:
            batches[-1].append(window)
        else:
            batches.append([window])
            longest = len(window.ids)
    return batches


def padded(batch: Sequence[Window], device: torch.device) -> dict[str, Tensor]:
    """`input_ids`, `attention_mask` and `labels` [windows, longest]."""
    longest = max(len(window.ids) for window in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros(len(batch), longest, dtype=torch.long)
    labels = torch.full((len(batch), longest), -100)
    for row, window in enumerate(batch):
        length = len(window.ids)
        ids[row, :length] = torch.tensor(window.ids)
        mask[row, :length] = 1
        told = torch.tensor(window.told)
        labels[row, :length] = torch.where(told, ids[row, :length], -100)
    held = {"input_ids": ids, "attention_mask": mask, "labels": labels}
    return {name: tensor.to(device) for name, tensor in held.items()}
