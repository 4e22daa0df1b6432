"""Writes a model in 4 bits, so that a large one fits into a small GPU."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from training.engine import EngineError


class Command(BaseCommand):
    help = "Write a Hugging Face model in 4 bits (NF4), to write and learn with."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", help="a Hugging Face id, or a folder")
        parser.add_argument("folder", type=Path, help="a new one, to write it to")

    def handle(self, *args: Any, **options: Any) -> None:
        # Inside, because every other command must start without torch.
        from training.engine.local.model import quantize

        folder: Path = options["folder"]
        if folder.exists():
            raise CommandError(f"{folder} is there already.")
        try:
            quantize(options["model"], folder)
        except EngineError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"It could not be written: {error.strerror}") from error
        self.stdout.write(f"Written. To use it: STORYLOOM_MODEL={folder}")
