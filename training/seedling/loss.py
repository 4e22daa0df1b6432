"""What a batch teaches: the next token, and what a teacher expects of it."""

import torch
import torch.nn.functional as F


def mask_of(document: torch.Tensor) -> torch.Tensor:
    """[rows, 1, length, length]: a token sees those before it in its document."""
    length = document.size(1)
    same = document[:, None, :, None] == document[:, None, None, :]
    before = torch.ones(length, length, dtype=torch.bool, device=document.device)
    return same & before.tril()


def logits_of(model, ids, positions, document) -> torch.Tensor:
    """[rows, length, vocabulary]"""
    mask = mask_of(document)
    return model(
        input_ids=ids, position_ids=positions, attention_mask=mask, use_cache=False
    ).logits


def losses_of(logits, targets, weights, expected=None, taught: float = 0.0):
    """Loss to learn from, summed loss of the told text, and its count of tokens.

    `expected`: a teacher's logits for the same tokens, which are `taught` of the loss
    (Hinton et al., 2015, arXiv 1503.02531, at temperature 1).
    """
    logits = logits.flatten(0, 1).float()
    each = F.cross_entropy(logits, targets.flatten(), reduction="none")
    weights = weights.flatten()
    told = (weights == 1.0).float()
    loss = (each * weights).sum() / weights.sum().clamp(min=1)
    if expected is not None:
        known = expected.flatten(0, 1).float().log_softmax(-1)
        apart = (known.exp() * (known - logits.log_softmax(-1))).sum(-1)
        apart = (apart * told).sum() / told.sum().clamp(min=1)
        loss = (1 - taught) * loss + taught * apart
    return loss, (each.detach() * told).sum(), told.sum()


def tensors_of(batch: dict, device: str = "cpu") -> dict[str, torch.Tensor]:
    whole = {"ids", "targets", "positions", "document"}
    return {
        name: torch.from_numpy(array)
        .to(device, non_blocking=True)
        .to(torch.int64 if name in whole else torch.float32)
        for name, array in batch.items()
    }


def losses(model, tensors: dict, measure=losses_of, teacher=None, taught=0.0):
    """See `losses_of`; `tensors` as from `tensors_of`."""
    seen = {name: tensors[name] for name in ("ids", "positions", "document")}
    expected = None
    if teacher is not None:
        with torch.no_grad():
            expected = logits_of(teacher, **seen)
    logits = logits_of(model, **seen)
    return measure(logits, tensors["targets"], tensors["weights"], expected, taught)
