"""How a bench command says what it found."""

import json
from collections.abc import Mapping


def report(about: Mapping, figures: Mapping, promised: Mapping, as_json: bool) -> str:
    """`promised`: figure name to ("<=" or ">=" or "==", limit)."""
    if as_json:
        return json.dumps({**about, **figures}, indent=1)
    lines = [f"{name:24} {value}" for name, value in about.items()]
    for name, value in figures.items():
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        lines.append(f"{name:24} {shown:>10}{verdict(value, promised.get(name))}")
    return "\n".join(lines)


def verdict(value: float, promise: tuple[str, float] | None) -> str:
    if promise is None:
        return ""
    sign, limit = promise
    kept = {"<=": value <= limit, ">=": value >= limit, "==": value == limit}[sign]
    return f"   promised {sign} {limit}: {'kept' if kept else 'NOT KEPT'}"
