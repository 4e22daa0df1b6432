"""In a blind test each passage is exactly what its version writes, on a real model."""

import pytest

from stories import services, writing
from stories.blind import services as blind
from stories.models import Passage
from tests.factories import PassageFactory
from tests.training.adapters import make_adapter
from training import voices
from training.models import Adapter, Voice
from training.services import engine

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(wren, tiny):
    made = []
    for number in (1, 2):
        adapter = Adapter.objects.create(
            person=wren,
            number=number,
            model="bard",
            fingerprint=engine().fingerprint,
            after=made[-1] if made else None,
        )
        adapter.folder.parent.mkdir(parents=True, exist_ok=True)
        make_adapter(adapter.folder, seed=number)
        made.append(adapter)
    Voice.objects.create(person=wren, learns=True, adapter=made[1])
    return made


def alone(story, adapter, seed):
    """What a version writes in the same place when it is the one in use."""
    if adapter:
        voices.use_version(adapter=adapter)
    else:
        voices.speak_plainly(person=story.owner)
    story.refresh_from_db()
    passage = services.request_passage(story=story, mode="continue")
    Passage.objects.filter(pk=passage.pk).update(seed=seed)
    writing.write(passage.pk)
    passage.refresh_from_db()
    services.undo(story=story)
    assert passage.text
    return passage.text


@pytest.mark.parametrize("before", ["a version", "the bare model"])
def test_each_is_what_its_version_writes_alone(story, versions, before):
    first, second = versions
    new, old = (second, first) if before == "a version" else (first, None)
    voices.use_version(adapter=new)
    PassageFactory(story=story, text="Mara walked to the river.")
    story.refresh_from_db()
    for passage in blind.ask_blind(story=story):
        writing.write(passage.pk)
    test = blind.open_test(story)
    told = [test.by_new.text, test.by_old.text]
    seed = test.first.seed
    blind.choose_blind(story=story, test=test.pk, take=blind.NEITHER)
    assert told == [alone(story, new, seed), alone(story, old, seed)]
    assert told[0] != told[1]
