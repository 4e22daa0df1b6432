"""One run, from the queue to a version that speaks: claim, follow, judge, publish.

Every save says `lease=mine`, so a second delivery of the same task, or a worker thought
dead, can change nothing. No transaction is open while the fit runs.
"""

import logging
import re
import shutil
import threading
from contextlib import closing
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from training import events, ledger
from training.engine import EngineError
from training.engine.fitting import Fit, Progress
from training.learning.apart import FAILED, PutDown, follow
from training.learning.job import job
from training.learning.quiet import is_quiet
from training.models import Adapter, Example, TrainingRun, Voice, Wish, Workshop

logger = logging.getLogger(__name__)

Status = TrainingRun.Status
#: What a model may write and no database takes.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
#: A run that was cut off is taken up again so often, then it has failed.
MOST_ATTEMPTS = 4
#: Set when this process ends: runs are put down, to be taken up at the next start.
ending = threading.Event()


def learn(run_id: UUID | str) -> None:
    """Do a queued run to its end. Returns quietly if it is not to be had."""
    run = claim(run_id)
    if run is None:
        return
    learner = Learner(run)
    try:
        learner.learn()
        learner.tidy()
    except EngineError as error:
        learner.finish(Status.FAILED, str(error))
    except PutDown:
        learner.cut_off()
    except OSError as error:
        logger.error("run %s failed: %s %s", run_id, type(error).__name__, error.errno)
        learner.finish(Status.FAILED, _("There is no room left to learn on this disk."))
    except Exception as error:
        # Only the kind of error: its message may hold a person's words.
        logger.error("run %s failed: %s", run_id, type(error).__name__)
        learner.finish(Status.FAILED, FAILED)


def claim(run_id: UUID | str) -> TrainingRun | None:
    """Take the lease of a queued run, if it is still queued."""
    if Workshop.is_paused():
        return None  # it stays queued, and is found again when the pause ends
    now = timezone.now()
    queued = TrainingRun.objects.filter(pk=run_id, status=Status.QUEUED)
    if is_quiet(timezone.localtime()):
        unasked = queued.exclude(trigger=TrainingRun.Trigger.PERSON)
        if unasked.update(alive_at=None):  # the clock finds it when that is over
            return None
    if not queued.update(
        status=Status.RUNNING,
        lease=uuid4(),
        attempts=F("attempts") + 1,
        started_at=now,
        alive_at=now,
        error="",
    ):
        return None
    return TrainingRun.objects.select_related("person").get(pk=run_id)


class Learner:
    """Holds the lease of one run while it learns."""

    def __init__(self, run: TrainingRun) -> None:
        self.run = run
        self.mine = TrainingRun.objects.filter(pk=run.pk, lease=run.lease)

    def learn(self) -> None:
        ledger.refresh(self.run.person)
        examples = list(
            Example.objects.owned_by(self.run.person)
            .counting()
            .in_time()
            .select_related("document")
        )
        voice = Voice.objects.select_related("adapter").get(person=self.run.person)
        if not voice.learns:
            return self.finish(Status.CANCELLED)
        fit = job(self.run, examples, voice.adapter)
        self.keep(
            examples=ledger.counts(self.run.person),
            words=sum(e.words for e in examples if e.kind == Example.Kind.OWN),
        )
        if (report := self.follow(fit)) is not None:
            self.judge(report, {example.digest for example in examples})

    def follow(self, fit: Fit) -> dict | None:
        """The fit's report; None if it was put down or called off."""
        _release()
        with closing(follow(fit)) as steps:
            for progress in steps:
                if not self.keep_going(progress):
                    return None
                if progress is not None and progress.report is not None:
                    return progress.report
        return None

    def keep_going(self, progress: Progress | None) -> bool:
        """Save a sign of life. False: told to stop, or no longer ours."""
        fields: dict = {"alive_at": timezone.now()}
        if progress is not None:
            self.run.progress = {**progress.as_json(), "report": None}
            fields["progress"] = self.run.progress
        if not self.keep(**fields):
            return False
        wish = self.mine.values_list("wish", flat=True).first()
        if wish == Wish.CANCEL:
            self.finish(Status.CANCELLED)
        elif wish == Wish.PAUSE:
            self.finish(Status.PAUSED)
        elif ending.is_set() or Workshop.is_paused():
            self.keep(attempts=self.run.attempts - 1)  # nothing failed
            self.cut_off()
        else:
            if progress is not None:
                self.tell(Status.RUNNING)
            _release()
            return True
        return False

    def judge(self, report: dict, used: set[str]) -> None:
        """Promote what is better and still allowed; keep the report in any case."""
        ledger.refresh(self.run.person)
        samples = [
            {name: UNSTORABLE.sub("", text) for name, text in sample.items()}
            for sample in report.pop("samples", [])
        ]
        self.keep(report=report, samples=samples)
        voice = Voice.objects.filter(person=self.run.person, learns=True)
        if used - ledger.digests(self.run.person) or not voice.exists():
            raise EngineError(
                _("Something it learnt from was taken out meanwhile. Start it again.")
            )
        if report["passed"]:
            self.publish(report, used)
        self.finish(Status.FINISHED)

    def publish(self, report: dict, used: set[str]) -> None:
        """Give the new version its place and let it speak."""
        person, run = self.run.person, self.run
        with transaction.atomic():
            voice = Voice.objects.select_for_update().get(person=person)
            last = Adapter.objects.owned_by(person).aggregate(n=Max("number"))["n"] or 0
            adapter = Adapter(
                person=person,
                number=last + 1,
                run=run,
                after=voice.adapter,
                model=report["model"],
                fingerprint=report["fingerprint"],
                ledger=sorted(used),
                words=run.words,
            )
            adapter.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(run.folder / "adapter", adapter.folder)
            adapter.save()
            voice.adapter = adapter
            voice.save(update_fields=["adapter", "changed_at"])

    def cut_off(self) -> None:
        """The process ended before its time; the run goes on from its checkpoint."""
        if self.run.attempts >= MOST_ATTEMPTS:
            self.finish(Status.FAILED, _("Learning was cut off too often."))
        else:
            self.finish(Status.QUEUED, _("Learning was cut off and goes on soon."))

    def tidy(self) -> None:
        """After the process has ended: it may have written until its last moment."""
        if not TrainingRun.objects.open().filter(pk=self.run.pk).exists():
            shutil.rmtree(self.run.folder, ignore_errors=True)

    def keep(self, **fields) -> bool:
        for name, value in fields.items():
            setattr(self.run, name, value)
        return bool(self.mine.update(**fields))

    def finish(self, status: TrainingRun.Status, error: str = "") -> None:
        """Give the lease back; what is over leaves no checkpoint behind."""
        over = status not in TrainingRun.OPEN
        fields: dict = {"status": status, "error": error[:300], "wish": Wish.NONE}
        if status == Status.QUEUED:
            fields["alive_at"] = None  # in no queue as yet: see voices.runs
        if over:
            fields["finished_at"] = timezone.now()
            shutil.rmtree(self.run.folder, ignore_errors=True)
        self.run.error = error
        if self.mine.update(lease=None, **fields):
            self.tell(status, error)

    def tell(self, status: TrainingRun.Status, error: str = "") -> None:
        run = self.run
        news = events.RunProgress(str(run.pk), status.value, run.progress, error)
        events.publish(run.person_id, news)


def _release() -> None:
    """Hold no connection while the fit runs; with a pool, others need it."""
    if not connection.in_atomic_block:
        connection.close()
