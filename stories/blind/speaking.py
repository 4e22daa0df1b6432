"""Which version writes a passage: of a blind test the one that was drawn for it."""

from django.db.models import Q

from stories.blind.models import BlindTest
from stories.models import Passage
from training.engine import Engine
from training.voices import Speaking, speaking_as, speaking_for


def speaking_of(passage: Passage, engine: Engine) -> Speaking:
    """Decided here, from the story's owner and the lot, never by a request."""
    person_id = passage.story.owner_id
    mine = Q(first=passage) | Q(second=passage)
    test = BlindTest.objects.filter(mine).select_related("new", "old").first()
    if test is None:
        return speaking_for(person_id=person_id, engine=engine)
    is_new = test.new_first == (test.first_id == passage.pk)
    adapter = test.new if is_new else test.old
    return speaking_as(adapter=adapter, person_id=person_id, engine=engine)
