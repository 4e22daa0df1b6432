"""`manage.py train_seedling`: from corpus to weights, in a process of its own."""

from django.core.management.base import BaseCommand, CommandError

from training.seedling.recipe import CorpusMissing


class Command(BaseCommand):
    help = "Train the bundled story model from a corpus folder."
    requires_system_checks = []

    def add_arguments(self, parser):
        from training.seedling.train import add_arguments

        add_arguments(parser)

    def handle(self, **options):
        from training.seedling.train import from_arguments

        try:
            from_arguments(options)
        except CorpusMissing as missing:
            raise CommandError(str(missing)) from missing
