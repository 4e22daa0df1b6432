"""Whether every character reaches every open browser."""

from django.core.management.base import BaseCommand

from stories.bench import product, sockets
from stories.bench.report import report

PROMISED = {"characters_lost": ("==", 0), "gaps_in_streams": ("==", 0)}


class Command(BaseCommand):
    help = "Open many sockets, stream to all, compare with what is kept."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--sockets", type=int, default=200)
        parser.add_argument("--streaming", type=int, default=20)
        parser.add_argument("--served", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, served, **options):
        start = product.served if served else product.embedded
        with start() as running:
            figures = sockets.measure(
                running, sockets=options["sockets"], streaming=options["streaming"]
            )
        about = {
            "mode": "served" if served else "embedded",
            "machine": product.machine(),
        }
        self.stdout.write(report(about, figures, PROMISED, options["json"]))
