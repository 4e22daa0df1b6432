"""How long a writer waits for the first words."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from stories.bench.report import report

PROMISED = {
    "many_first_ratio": ("<=", 1.3),
    "many_first_core_ratio": ("<=", 1.3),
    "many_rate_ratio": (">=", 0.8),
    "many_rate_core_ratio": (">=", 0.8),
}


class Command(BaseCommand):
    help = "Measure the first words over a socket beside the bare model's first token."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--shape", default="135m", choices=["135m", "seedling"])
        parser.add_argument("--served", action="store_true")
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--no-continuous", action="store_true")
        parser.add_argument("--threads", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, shape, served, rounds, threads, **options):
        # Imported here: they bring torch.
        from stories.bench import editor, product
        from training.engine.local.yardstick import Yardstick

        folder = model_folder(shape)
        words = [f"w{n}" for n in range(2, 500)] if shape == "135m" else WORDS
        start = product.served if served else product.embedded
        with start(
            STORYLOOM_MODEL=str(folder),
            STORYLOOM_THREADS=str(threads),
            STORYLOOM_DEVICE="cpu",
            STORYLOOM_PASSAGES_PER_DAY="100000",
        ) as running:
            figures = editor.measure(
                running,
                Yardstick(folder, threads),
                words,
                rounds=rounds,
                continuous=not options["no_continuous"],
                say=self.stderr.write,
            )
        about = {
            "shape": shape,
            "mode": "served" if served else "embedded",
            "threads": threads,
            "rounds": rounds,
            "machine": product.machine(),
        }
        one = ("<=", 1.6 if served else 1.3)
        promised = {"one_first_ratio": one, "one_first_core_ratio": one} | PROMISED
        self.stdout.write(report(about, figures, promised, options["json"]))


WORDS = """Mara walked down to the river and Tobi sang an old song to her while rain
fell on the roof of the small house where they had lived since spring""".split()


def model_folder(shape: str) -> Path:
    from training.engine.local import bench

    if shape == "seedling":
        return bench.SEEDLING
    folder = settings.VAR / "bench" / shape
    if not (folder / "model.safetensors").exists():
        folder.mkdir(parents=True, exist_ok=True)
        bench.save_shape(shape, folder)
    return folder
