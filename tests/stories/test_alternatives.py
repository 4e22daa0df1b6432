import pytest

from stories import services, tree
from stories.models import Author, Status
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db


def test_alternatives_stand_beside_the_passage_and_the_path_stays(story):
    opening = PassageFactory(story=story)
    shown = PassageFactory(story=story, author=Author.MODEL)
    after = PassageFactory(story=story)
    new = services.more_alternatives(passage=shown, count=3)
    assert all(p.parent == opening and p.status == Status.QUEUED for p in new)
    story.refresh_from_db()
    assert story.tip == after
    assert tree.alternatives(passage=shown) == [shown, *new]
    assert len({p.seed for p in new}) == 3


def test_the_first_passage_has_alternatives_too(story):
    opening = PassageFactory(story=story)
    new = services.more_alternatives(passage=opening, count=1)
    assert tree.alternatives(passage=opening) == [opening, *new]


def test_alternatives_to_words_in_danger_never_train_either(story):
    asked = {"mode": "direct", "text": "Write that I want to kill myself."}
    shown = services.request_passage(story=story, **asked)
    [other] = services.more_alternatives(passage=shown, count=1)
    assert shown.never_train and other.direction and other.never_train and other.care


@pytest.mark.parametrize("count", [0, 5, 100])
def test_one_to_four_at_a_time(story, count):
    with pytest.raises(services.Refused):
        services.more_alternatives(passage=PassageFactory(story=story), count=count)


def test_all_of_them_count_for_the_quota(settings, story):
    settings.PASSAGES_AT_ONCE = 2
    with pytest.raises(services.Refused):
        services.more_alternatives(passage=PassageFactory(story=story), count=3)
    assert story.passages.count() == 1


@pytest.mark.django_db(transaction=True)
async def test_alternatives_are_written_together_and_once(editor, story, wren):
    page = await editor(story, wren)
    first = await page.ask("passage.request", mode="continue")
    await page.until("passage.finished")
    key = "7f6f1f0a-0000-4000-8000-000000000003"
    asked = {"passage": first["passage"], "count": 3, "key": key}
    ack = await page.ask("passage.alternatives", **asked)
    again = await page.ask("passage.alternatives", **asked)
    assert len(ack["passages"]) == 3 and again["passages"] == ack["passages"]
    ended = {m["passage"] for m in page.heard if m["type"] == "passage.finished"}
    while not ended >= set(ack["passages"]):
        ended.add((await page.until("passage.finished"))["passage"])
    assert await story.passages.acount() == 4
    texts = {p.text async for p in story.passages.all()}
    assert len(texts) == 4
