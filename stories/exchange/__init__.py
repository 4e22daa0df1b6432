"""Stories in and out of files."""

from stories.exchange.arriving import import_story, read
from stories.exchange.leaving import as_markdown, as_text, export_story
from stories.exchange.shape import MOST_BYTES

__all__ = [
    "MOST_BYTES",
    "as_markdown",
    "as_text",
    "export_story",
    "import_story",
    "read",
]
