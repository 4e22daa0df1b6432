"""`manage.py read_seedling`: what the bundled model writes, counted."""

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Sample stories for held-out headers and print figures."
    requires_system_checks = []

    def add_arguments(self, parser):
        from training.seedling.read import add_arguments

        add_arguments(parser)

    def handle(self, **options):
        from training.seedling.read import from_arguments

        from_arguments(options)
