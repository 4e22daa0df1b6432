"""`manage.py read_seedling`: what the bundled model writes, counted."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Draw stories for held-out headers and print figures beside their bars."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        from training.seedling.reading.command import add_arguments

        add_arguments(parser)

    def handle(self, **options: Any) -> None:
        # Inside, because every other command must start without torch.
        from training.engine import EngineError
        from training.seedling.reading.command import run
        from training.seedling.recipe import CorpusMissing

        try:
            run(options, self.stdout.write, self.stderr.write)
        except (CorpusMissing, EngineError, ValueError, FileNotFoundError) as wrong:
            raise CommandError(str(wrong)) from wrong
