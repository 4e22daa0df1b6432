"""Times the pages of a long story against those of a short one."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand
from django.test.runner import DiscoverRunner

from stories.bench import pages


class Command(BaseCommand):
    help = "Print how long pages of a short and of a long story take, as JSON."

    def add_arguments(self, parser):
        parser.add_argument("--short", type=int, default=30)
        parser.add_argument("--long", type=int, default=2000)
        parser.add_argument("--rounds", type=int, default=30)

    def handle(self, short, long, rounds, **options):
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        database = DiscoverRunner(verbosity=0)  # a database of its own, then dropped
        made = database.setup_databases()
        try:
            self.stdout.write(json.dumps(pages.measure(short, long, rounds), indent=1))
        finally:
            database.teardown_databases(made)
