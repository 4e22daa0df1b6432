"""Everything we hold about a person, as one file they can keep."""

import io
import json
import zipfile
from typing import Any

from users import privacy


def everything(person) -> dict[str, Any]:
    return {
        "format": "storyloom-person",
        "version": 1,
        **dict(privacy.sections(person)),
    }


def archive(person) -> tuple[str, str, bytes]:
    """(file name, content type, bytes): JSON, in a zip only if files belong to it."""
    text = json.dumps(everything(person), ensure_ascii=False, indent=1).encode()
    kept = list(privacy.files(person))
    if not kept:
        return "storyloom-my-data.json", "application/json", text
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("my-data.json", text)
        for name, file in kept:
            with file.open("rb") as opened:
                box.writestr(name, opened.read())
    return "storyloom-my-data.zip", "application/zip", packed.getvalue()
