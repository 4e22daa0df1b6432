"""`manage.py train_judge`: the judge that evaluate_tone believes, made anew."""

import json
import time

from django.core.management.base import BaseCommand, CommandError

from training.engine.guide.labels import CorpusMissing, corpus_folder


class Command(BaseCommand):
    help = "Train the independent judge of tone on GoEmotions and its own passages."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--corpus", help="default: STORYLOOM_CORPUS")

    def handle(self, **options):
        from training.engine.guide.tones import read_tones
        from training.engine.judge.judge import save_judge
        from training.engine.judge.labels import heard, read_comments, written
        from training.engine.judge.train import agreement, train

        try:
            comments = list(read_comments(corpus_folder(options["corpus"]), "learn"))
        except CorpusMissing as missing:
            raise CommandError(str(missing)) from None
        judge = train(comments, written(), read_tones())
        judge.about["readers"] = agreement(judge, heard())
        judge.about["trained"] = time.strftime("%Y-%m-%d")
        save_judge(judge)
        self.stdout.write(json.dumps(judge.about, indent=2))
