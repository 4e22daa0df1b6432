"""Whether a long story opens as fast as a short one."""

from django.core.management.base import BaseCommand

from stories.bench import pages, product
from stories.bench.report import report


class Command(BaseCommand):
    help = "Open the editor of a short and of a long story; count queries and seconds."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--short", type=int, default=20)
        parser.add_argument("--long", type=int, default=2000)
        parser.add_argument("--rounds", type=int, default=30)
        parser.add_argument("--json", action="store_true")

    def handle(self, short, long, rounds, **options):
        with pages.own_database():
            figures = pages.measure(short=short, long=long, rounds=rounds)
        promised = {
            "queries_long": ("==", figures["queries_short"]),
            "open_ratio": ("<=", 1.2),
        }
        about = {"machine": product.machine()}
        self.stdout.write(report(about, figures, promised, options["json"]))
