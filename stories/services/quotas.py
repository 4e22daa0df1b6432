"""What one person may ask at once, in a day, and of one story."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stories.models import Author, Passage, Status, Story
from stories.recovery import recover_stale
from stories.services.refused import Refused
from stories.tree import MOST


def room_for(story: Story, more: int, most: int = MOST) -> int:
    """The number of the next passage, if the story may grow by so many."""
    last = story.passages.aggregate(last=Max("number"))["last"] or 0
    if last + more > most:
        sentence = _("This story has %(most)d passages, and can hold no more.")
        raise Refused("story_full", sentence % {"most": most})
    return last + 1


def may_ask(story: Story, more: int) -> None:
    """May this story's owner have `more` passages written now?"""
    # One request at a time, from whichever story: so the counts hold.
    people = get_user_model().objects.select_for_update(no_key=True)
    people.get(pk=story.owner_id)
    theirs = Passage.objects.filter(story__owner=story.owner_id, author=Author.MODEL)
    at_once = settings.PASSAGES_AT_ONCE
    if theirs.under_way().count() + more > at_once:
        recover_stale(theirs)
        if theirs.under_way().count() + more > at_once:
            sentence = ngettext(
                "Only %(most)d passage can be written for you at once. Wait for one "
                "to finish, or stop it.",
                "Only %(most)d passages can be written for you at once. Wait for one "
                "to finish, or stop it.",
                at_once,
            )
            raise Refused("busy", sentence % {"most": at_once})
    a_day_ago = timezone.now() - timedelta(days=1)
    per_day = settings.PASSAGES_PER_DAY
    # Imported ones were never begun here, and may claim any date.
    asked = Q(started_at__gte=a_day_ago) | Q(status=Status.QUEUED)
    if theirs.filter(asked).count() + more > per_day:
        sentence = _(
            "That would be more than %(most)d passages in a day. Your own writing "
            "has no limit; Storyloom goes on tomorrow."
        )
        raise Refused("quota", sentence % {"most": per_day})
