"""`manage.py train_guide`: teach the tone guide and keep what it learnt."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Train the tone guide from XED, word company and its own passages."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--corpus", help="default: STORYLOOM_CORPUS")

    def handle(self, **options):
        from training.engine.guide import read_tones
        from training.engine.guide.company import read_company
        from training.engine.guide.labels import CorpusMissing, corpus_folder, read_xed
        from training.engine.guide.passages import guides_own
        from training.engine.guide.train import train
        from training.engine.guide.weights import save_weights

        try:
            corpus = corpus_folder(options["corpus"])
            lines = list(read_xed(corpus))
            self.stdout.write("Reading which words keep company in the stories...")
            company = read_company(corpus / "stories")
        except CorpusMissing as missing:
            raise CommandError(str(missing)) from missing
        passages = guides_own()
        self.stdout.write(f"Learning from {len(lines)} lines, {len(passages)} passages")
        weights, checked = train(company, lines, passages, read_tones())
        weights.about = {
            "trained": date.today().isoformat(),
            "film_lines": sum(line.part != "measure" for line in lines),
            "passages": len(passages),
            "words": len(company.vocabulary),
            "cross_validated_top_1": checked.top_1,
            "cross_validated_top_2": checked.top_2,
        }
        save_weights(weights)
        self.stdout.write(
            f"Cross-validated on its passages: top-1 {checked.top_1:.2f}, "
            f"top-2 {checked.top_2:.2f}. `measure_guide` says how it does elsewhere."
        )
