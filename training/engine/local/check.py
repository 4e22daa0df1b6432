"""Is an adapter sound, and made for this model? In a process of its own.

    python -m training.engine.local.check MODEL DEVICE [FOLDER]

Prints one line of JSON: what it is, or an error for whoever brought it. Without a
folder only the model's own fingerprint is told.
"""

import json
import sys
from pathlib import Path

from training.engine.base import EngineError
from training.engine.local.adapters import adaptable, fingerprint, read_adapter
from training.engine.local.engine import describe
from training.engine.local.model import load, name_of


def check(source: str, device: str, folder: Path | None) -> dict[str, str | int]:
    model, _tokenizer = load(source, device)
    base = fingerprint(model)
    if folder is None:
        return {"fingerprint": base, "model": name_of(source)}
    adapter = read_adapter(folder, adaptable(model), base)
    return {"fingerprint": base, "model": name_of(source), "rank": adapter.rank}


def main() -> int:
    source, device, *folder = sys.argv[1:4]
    try:
        found: dict[str, str | int] = check(
            source, device, Path(folder[0]) if folder else None
        )
    except EngineError as error:
        found = {"error": str(error)}
    except Exception as error:  # kind and place only
        found = {"error": "This voice cannot be read.", "kind": describe(error)}
    print(json.dumps(found))  # noqa: T201
    return "error" in found


if __name__ == "__main__":
    sys.exit(main())
