"""Let the engine write towards a target, by the layers that are switched on."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings

from stories.arcs import targets, tones
from stories.models import Passage
from stories.prompts import Assembled
from stories.prompts.phrasing import PLAIN, phrasing_for, tone_line
from training.engine import AdapterRef, Engine, Prompt, Sampling
from training.services import guide

logger = logging.getLogger(__name__)

#: How an ask for the end of a story begins.
ENDING = "Part: ending"

_budget: Any = None


def of(
    passage: Passage,
    engine: Engine,
    assembled: Assembled,
    sampling: Sampling,
    *,
    avoid: Sequence[str],
    adapters: Sequence[AdapterRef] = (),
) -> Any:
    """The voice of a passage that is about to be written; None to let it be plain.

    A passage is written without, should the guide fail: no word is lost over a tone.
    """
    owner = passage.story.owner_id
    told = [part["text"] for part in assembled.saw if part["part"] == "story so far"]
    try:
        return speak(
            engine,
            assembled.prompt,
            sampling,
            target=passage.tone_target,
            before="".join(told),
            avoid=avoid,
            own=tones.own_tone(owner, passage.tone_asked),
            hears=targets.hears(owner) if passage.tone_target else (0.0, 0.0),
            adapters=adapters,
        )
    except Exception as error:
        logger.warning("a tone cannot be pursued: %s", type(error).__name__)
        return None


def speak(
    engine: Engine,
    prompt: Prompt,
    sampling: Sampling,
    *,
    target: dict[str, Any] | None,
    before: str = "",
    avoid: Sequence[str] = (),
    own: Sequence[Any] = (),
    hears: tuple[float, float] = (0.0, 0.0),
    layers: Iterable[str] | None = None,
    hurry: bool = True,
    adapters: Sequence[AdapterRef] = (),
) -> Any:
    """A `Regulated` passage, or None where there is nothing to regulate.

    `hurry`: somebody watches, so the latency budget decides how many candidates.
    """
    likes = engine.likes(adapters) if adapters else None
    if target is None and likes is None and not any(line.strip() for line in avoid):
        return None
    from training.engine import regulator
    from training.engine.regulator.avoid import pattern
    from training.engine.regulator.gates import Gates

    named = settings.TONE_LAYERS if layers is None else layers
    allowed = regulator.chosen_layers(named, full_layers())
    if target and allowed.contrast:
        phrasing = phrasing_for(engine.name)
        prompt = contrasted(prompt, target, allowed.contrast, phrasing)
    return regulator.Regulated(
        engine,
        guide().with_tones(own),
        prompt,
        sampling,
        target=target and target_from(target),
        layers=allowed,
        gates=Gates(
            before=before,
            names=prompt.names,
            avoid=pattern(avoid),
            ending=prompt.messages[last_ask(prompt)]["content"].startswith(ENDING),
        ),
        budget=shared_budget() if hurry else None,
        hears=hears,
        adapters=adapters,
        likes=likes,
    )


def contrasted(
    prompt: Prompt, target: dict[str, Any], strength: float, phrasing: str = PLAIN
) -> Prompt:
    """The prompt, and the same one asking for the opposite tone.

    Where the ask names no tone (conditioning is off) there is nothing to contrast.
    """
    wanted = f"{tone_line(phrasing, target['as'])}\n"
    opposite = f"{tone_line(phrasing, tones.opposite(target['as']))}\n"
    at = last_ask(prompt)
    ask = f"{prompt.messages[at]['content']}\n"
    if wanted not in ask:
        return prompt
    against = list(prompt.messages)
    content = ask.replace(wanted, opposite, 1).removesuffix("\n")
    against[at] = {"role": "user", "content": content}
    return replace(
        prompt, against=tuple(against), contrast=strength * target["strength"]
    )


def last_ask(prompt: Prompt) -> int:
    return max(n for n, said in enumerate(prompt.messages) if said["role"] == "user")


def full_layers():
    from training.engine.regulator import Layers

    return Layers(candidates=settings.TONE_CANDIDATES, contrast=settings.TONE_CONTRAST)


def target_from(kept: dict[str, Any]):
    from training.engine.regulator import Target

    if "planned" in kept:  # a place, whatever tone is nearest
        return Target(
            valence=kept["valence"],
            strength=kept["strength"],
            promised=kept.get("planned"),
        )
    return Target(
        tone=kept["tone"],
        valence=kept.get("valence"),
        energy=kept.get("energy"),
        strength=kept["strength"],
    )


def shared_budget():
    """What this process knows of its engine's pace."""
    from training.engine.regulator.pace import Budget

    global _budget
    if _budget is None:
        _budget = Budget()
    return _budget


def outcome_as_json(outcome: Any) -> dict[str, Any]:
    return {
        "met": outcome.met,
        "layers": list(outcome.layers),
        "candidates": outcome.candidates,
        "faults": list(outcome.faults),
    }
