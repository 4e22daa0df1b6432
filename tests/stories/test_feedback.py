import pytest

from stories import services, tree
from stories.models import Signal
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db


def thumbs(passage):
    return list(passage.signals.values_list("kind", "reason"))


def test_a_thumb_may_have_a_reason(story):
    passage = PassageFactory(story=story)
    services.give_feedback(passage=passage, kind="down", reason=" Too cold. ")
    assert thumbs(passage) == [("down", "Too cold.")]


def test_a_passage_has_one_thumb_and_it_can_be_taken_back(story):
    passage = PassageFactory(story=story)
    services.give_feedback(passage=passage, kind="down")
    services.give_feedback(passage=passage, kind="up")
    assert thumbs(passage) == [("up", "")]
    assert tree.path(story=story).passages[0].thumb == "up"
    services.give_feedback(passage=passage, kind="none")
    assert thumbs(passage) == []
    assert tree.path(story=story).passages[0].thumb == ""


def test_a_thumb_leaves_other_signals_alone(story):
    passage = PassageFactory(story=story, text="Old.")
    services.edit_passage(passage=passage, text="New.", was=0)
    services.give_feedback(passage=passage, kind="none")
    assert passage.signals.get().kind == Signal.Kind.EDIT


@pytest.mark.parametrize(
    "said", [{"kind": "sideways"}, {"kind": "up", "reason": "a" * 501}]
)
def test_what_is_no_feedback_is_refused(story, said):
    with pytest.raises(services.Refused):
        services.give_feedback(passage=PassageFactory(story=story), **said)


@pytest.mark.django_db(transaction=True)
async def test_feedback_arrives_over_the_socket(editor, story, wren):
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="write", text="Mine.")
    await page.ask("passage.feedback", passage=ack["passage"], kind="up", reason="Good")
    assert (await Signal.objects.aget()).reason == "Good"
