"""Shared story adapters: ways to tell that come with Storyloom, nobody's own voice.

Each is a folder here, of PEFT's two files and a card, made from the corpus alone by
`manage.py train_genre`. A story that chooses one has it mixed in, at most half as loud
as the person's own voice. Made for one model: with another it rests.
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).parent
WEIGHTS = "adapter_model.safetensors"
#: No genre may speak louder than this beside a person's own 1.0.
LOUDEST = 0.5
#: What people read; a folder of another name is called by that.
LABELS = {
    "fable": _("a fable, told to a point"),
    "diary": _("a memory, told by an I"),
    "prose": _("as an older book tells"),
}
LARGEST_HEADER = 2**20


@dataclass(frozen=True, slots=True)
class Genre:
    name: str
    folder: Path

    @property
    def label(self) -> str:
        return str(LABELS.get(self.name, self.name))

    @property
    def made_for(self) -> str:
        """The fingerprint of its model; empty where the file cannot be read."""
        return made_for(self.folder / WEIGHTS)


def genres() -> list[Genre]:
    """Those that are here, by name."""
    found = sorted(path.parent for path in FOLDER.glob(f"*/{WEIGHTS}"))
    return [Genre(folder.name, folder) for folder in found]


def folders() -> tuple[str, ...]:
    """Of all of them: where the learning of a person's voice may begin."""
    return tuple(str(genre.folder) for genre in genres())


def genre_named(name: str) -> Genre | None:
    return next((genre for genre in genres() if genre.name == name), None)


def made_for(weights: Path) -> str:
    """Read from the head of a safetensors file, so without torch."""
    try:
        with weights.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            head = json.loads(file.read(min(length, LARGEST_HEADER)))
        return str(head["__metadata__"]["storyloom_base"])
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return ""
