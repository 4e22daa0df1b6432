"""A run's report in words a writer understands, and its curves as a picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

WIDTH, HEIGHT = 320, 120
STAGES = {
    "loading": _lazy("getting ready"),
    "replay": _lazy("listening to the model itself"),
    "voice": _lazy("learning your words"),
    "taste": _lazy("learning what you prefer"),
    "thumbs": _lazy("learning from your thumbs"),
    "checking": _lazy("checking what was learnt"),
    "done": _lazy("done"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One gate: passed, not passed, or None where there was too little to tell."""

    passed: bool | None
    name: str
    said: str


def findings(report: dict[str, Any] | None) -> list[Finding]:
    gates = (report or {}).get("gates", {})
    tellers = {
        "better": _better,
        "style": _style,
        "memory": _memory,
        "pairs": _pairs,
        "thumbs": _thumbs,
        "reward": _reward,
        "ability": _ability,
        "integrity": _integrity,
        "serving": _serving,
    }
    return [tell(gates[name]) for name, tell in tellers.items() if name in gates]


def _better(gate: dict[str, Any]) -> Finding:
    name = _("Knows your words better")
    if gate["passed"] is None:
        return Finding(None, name, _("There was too little kept apart to tell."))
    begun = "start_nats" in gate
    percent = round(100 * gate["perplexity_drop"])
    if gate["passed"] and begun:
        said = _(
            "Your own later words, which it had never seen, surprise it %(own)d %% "
            "less than the shared voice that it began from, and %(percent)d %% less "
            "than the plain model."
        )
    elif gate["passed"]:
        said = _(
            "Your own later words, which it had never seen, surprise it %(percent)d %% "
            "less than the plain model."
        )
    elif begun and gate["change_high"] >= 0:
        said = _(
            "It does not plainly know them better than the shared voice that it began "
            "from. More of your own writing will help."
        )
    elif percent > 0 and "champion_nats" in gate:
        said = _("It is better than the plain model, but not than your last version.")
    else:
        said = _("It does not know your later words better than the plain model.")
    own = max(1, round(100 * (1 - math.exp(gate.get("change", 0.0)))))
    return Finding(gate["passed"], name, said % {"percent": percent, "own": own})


def _style(gate: dict[str, Any]) -> Finding:
    name = _("Sounds more like you")
    if gate["passed"] is None:
        return Finding(None, name, _("There was too little to compare."))
    words = {
        "delta": _("choice of small words"),
        "spelling": _("turns of phrase"),
        "rhythm": _("rhythm and punctuation"),
    }
    closer = ", ".join(words[each] for each in gate["closer"])
    if not closer:
        return Finding(False, name, _("In none of three measures."))
    said = _("In %(n)d of three measures: %(closer)s.")
    return Finding(
        gate["passed"], name, said % {"n": len(gate["closer"]), "closer": closer}
    )


def _memory(gate: dict[str, Any]) -> Finding:
    said = ngettext(
        "At most %(n)d piece of a word in a row was yours word for word.",
        "At most %(n)d pieces of words in a row were yours word for word.",
        gate["longest_run"],
    )
    name = _("Does not recite you")
    return Finding(gate["passed"], name, said % {"n": gate["longest_run"]})


def _pairs(gate: dict[str, Any]) -> Finding:
    name = _("Prefers what you prefer")
    if not gate["pairs"]:
        return Finding(None, name, _("You have not chosen or changed enough yet."))
    said = _("In %(percent)d %% of %(n)d choices it had not seen.")
    figures = {"percent": round(100 * gate["accuracy"]), "n": gate["pairs"]}
    return Finding(gate["passed"], name, said % figures)


def _thumbs(gate: dict[str, Any]) -> Finding:
    name = _("Likes what you like")
    if "accuracy" not in gate:
        return Finding(None, name, _("There are not enough thumbs of both kinds yet."))
    said = _(
        "Of two passages it had not seen, one you liked and one you did not, it came "
        "to prefer the one you liked %(percent)d %% of the time (%(up)d liked, "
        "%(down)d not)."
    )
    figures = {name: gate[name] for name in ("up", "down")}
    figures["percent"] = round(100 * gate["accuracy"])
    return Finding(gate["passed"], name, said % figures)


def _reward(gate: dict[str, Any]) -> Finding:
    name = _("Foresees what you would rather read")
    if not gate["learnt"]:
        said = _("Your choices and thumbs are too few, or have too little in common.")
        return Finding(None, name, said)
    use = _("By this it chooses between several ways to go on.")
    if not gate["pairs"]:
        return Finding(None, name, use)
    said = _("In %(percent)d %% of %(n)d choices it had not seen.")
    figures = {"percent": round(100 * gate["accuracy"]), "n": gate["pairs"]}
    return Finding(True, name, f"{said % figures} {use}")


def _ability(gate: dict[str, Any]) -> Finding:
    percent = round(100 * gate["worse"], 1)
    if percent <= 0:
        said = _("Other prose is as easy for it as before.")
    elif gate.get("warning"):
        said = _(
            "Other prose became %(percent)s %% harder for it: watch for odd turns."
        )
    else:
        said = _("Other prose became only %(percent)s %% harder for it.")
    name = _("Can still write everything else")
    return Finding(gate["passed"], name, said % {"percent": percent})


def _integrity(gate: dict[str, Any]) -> Finding:
    said = gate.get("error") or _("Its files are whole and hold nothing but numbers.")
    return Finding(gate["passed"], _("Is safe to keep"), said)


def _serving(gate: dict[str, Any]) -> Finding:
    said = gate.get("error") or _("It was loaded and wrote its first words.")
    return Finding(gate["passed"], _("Is ready to write"), said)


# --- curves ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Curve:
    """Loss over the steps, of held-out words and of learnt ones, as SVG polylines."""

    points: str
    learnt: str
    first: float
    last: float
    best: float


def curve(progress: dict[str, Any]) -> Curve | None:
    looks = progress.get("held_out") or []
    if len(looks) < 2:
        return None
    learnt = progress.get("learnt") or []
    nats = [value for _step, value in looks]
    every = [value for _step, value in [*looks, *learnt]]
    low, high = min(every), max(every)
    steps = max(progress.get("steps") or 0, looks[-1][0], 1)

    def line(pairs: Sequence[Sequence[float]]) -> str:
        return " ".join(
            f"{step / steps * WIDTH:.1f},{(high - v) / (high - low or 1) * HEIGHT:.1f}"
            for step, v in pairs
        )

    return Curve(line(looks), line(learnt), nats[0], nats[-1], min(nats))


def stage_of(progress: dict[str, Any]) -> str:
    return str(STAGES.get(progress.get("stage", ""), ""))


def minutes(seconds: float | None) -> str:
    """A guess nobody should take for more than it is."""
    if seconds is None:
        return ""
    if seconds < 90:
        return _("about a minute")
    return _("about %(n)d minutes") % {"n": round(seconds / 60)}
