"""`manage.py measure_guide`: does the guide agree with people? Tone by tone."""

import json

from django.core.management.base import BaseCommand

from training.engine.guide.labels import CorpusMissing, corpus_folder, read_xed


class Command(BaseCommand):
    help = "Agreement of the tone guide with labels it was never shown."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--corpus", help="default: STORYLOOM_CORPUS")
        parser.add_argument("--json", action="store_true", help="print JSON only")

    def handle(self, **options):
        from training.engine.guide import evaluate, open_guide
        from training.engine.judge.labels import written

        guide = open_guide()
        unseen = written()
        figures = {
            "about": guide.weights.about,
            "tones": [tone.name for tone in guide.tones],
            "written": evaluate.agreement(guide, evaluate.written_cases(guide, unseen)),
            "pace": evaluate.pace(guide, [passage.text for passage in unseen]),
        }
        try:
            lines = list(read_xed(corpus_folder(options["corpus"])))
            figures["xed"] = evaluate.agreement(guide, evaluate.line_cases(lines))
        except CorpusMissing as missing:
            figures["xed_left_out"] = str(missing)
        if options["json"]:
            self.stdout.write(json.dumps(figures, indent=2))
        else:
            self.report(figures)

    def report(self, figures: dict) -> None:
        say = self.stdout.write
        say("Passages written for the judge. The guide was never trained on them; they")
        say("are read here only as a held-out test.")
        self.table(figures["written"], figures["tones"])
        if "xed" in figures:
            say("\nXED film lines, the tenth that was held out.")
            self.table(figures["xed"], figures["tones"])
        else:
            say(f"\nXED was left out. {figures['xed_left_out']}")
        pace = figures["pace"]
        say(f"\nA passage takes {pace['median_ms']} ms (p95 {pace['p95_ms']} ms).")

    def table(self, part: dict, tones: list[str]) -> None:
        say = self.stdout.write
        say(f"  {part['texts']} texts, {part['not_measured']} not measured")
        for name in ("top_1", "top_2", "valence_sign", "valence_sign_vader_alone"):
            say(f"  {name.replace('_', ' '):<26}{bounds(part[name])}")
        say(f"  {'mean confidence':<26}{part['confidence']:.2f}")
        say("  asked as         agreement             read as " + " ".join(tones))
        for name, found in part["by_tone"].items():
            row = " ".join(f"{n:>4}" for n in part["confusion"][name])
            say(f"    {name:<12}{bounds(found)}  {row}")


def bounds(found: dict) -> str:
    if not found["n"]:
        return "no labels"
    low, high = found["low"], found["high"]
    return f"{found['share']:.2f} [{low:.2f}, {high:.2f}] n={found['n']:<5}"
