"""Words that sound like danger: the teachers see it, the contact gets a letter.

One letter for what the same pupil writes until a teacher has seen to it, and another
after an hour if they still write so. A letter holds none of their words, nor a name.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from stories import tasks
from stories.holding import release
from stories.lessons.models import Notice
from users.classrooms.models import Classroom, Pupil

logger = logging.getLogger(__name__)

ANOTHER_LETTER_AFTER = timedelta(hours=1)
#: A worker that died over a letter has not sent it: better twice than never.
BEGUN_FOR = timedelta(minutes=2)


@transaction.atomic
def worry(*, pupil: Pupil, by_model: bool = False) -> Notice:
    """Something of this pupil's should be seen by an adult."""
    now = timezone.now()
    Pupil.objects.select_for_update(of=("self",)).get(pk=pupil.pk)
    # A worker may be sending its letter just now: what it writes must not be undone.
    rows = Notice.objects.open().select_for_update(of=("self",))
    notice = rows.filter(pupil=pupil).first()
    if notice is None:
        notice = Notice.objects.create(pupil=pupil, by_model=by_model, last_at=now)
    else:
        notice.count += 1
        notice.by_model = notice.by_model or by_model
        notice.last_at = now
        sent = notice.letter_sent_at
        if sent and sent < now - ANOTHER_LETTER_AFTER:
            notice.letter_due, notice.letter_begun_at = True, None
        notice.save()
    if notice.letter_due:
        transaction.on_commit(lambda: queue(notice))
    return notice


def queue(notice: Notice) -> None:
    """Without a broker it stays due: the clock, or the next look, tries again."""
    try:
        tasks.send_letter.delay(notice.pk)
    except OperationalError:
        logger.error("the letter of notice %s waits for the broker", notice.pk)


def queue_due() -> None:
    for notice in due():
        queue(notice)


def due():
    begun = timezone.now() - BEGUN_FOR
    free = Q(letter_begun_at=None) | Q(letter_begun_at__lt=begun)
    return Notice.objects.filter(free, letter_due=True)


def send(notice_id: int) -> None:
    """In the worker. Of two deliveries of the task, one finds nothing to do."""
    if not due().filter(pk=notice_id).update(letter_begun_at=timezone.now()):
        return
    mine = Notice.objects.filter(pk=notice_id)
    notice = mine.select_related("pupil__classroom").get()
    subject, text, to = letter(notice.pupil.classroom)
    release()
    try:
        send_mail(subject, text, None, to)
    except (SMTPException, OSError) as error:
        logger.error("letter of notice %s: %s", notice_id, type(error).__name__)
        mine.update(letter_begun_at=None)
    else:
        mine.update(letter_due=False, letter_sent_at=timezone.now())


def letter(classroom: Classroom) -> tuple[str, str, list[str]]:
    """Subject, text and addresses. Without a contact's address, the teachers get it."""
    teachings = classroom.teachings.select_related("teacher")
    teachers = [str(teaching.teacher.email) for teaching in teachings]
    text = _(
        "Something that was written in the class “%(name)s” on Storyloom sounds like "
        "a child who may be in danger. A list of phrases found it, so it may be a "
        "mistake; please look today.\n\n"
        "The words are not in this letter. A teacher of the class reads them here:\n"
        "%(address)s\n\n"
        "Its teachers: %(teachers)s"
    ) % {
        "name": classroom.name,
        "address": settings.ADDRESS + reverse("lessons:notices"),
        "teachers": ", ".join(teachers),
    }
    subject = _("Storyloom: please look at something a pupil wrote")
    to = [classroom.contact_email] if classroom.contact_email else teachers
    return subject, text, to
