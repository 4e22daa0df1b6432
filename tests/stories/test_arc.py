"""The arc of a story: planned, followed, measured, shown."""

import json

import pytest
from django.urls import reverse

from stories import exchange, services
from stories.arcs import chart, plan, shapes, targets
from stories.arcs.services import drop_arc, set_arc
from stories.models import Author, Mode, Passage
from tests.factories import PassageFactory, StoryFactory

pytestmark = pytest.mark.django_db


def told(story, *valences, **fields):
    """Passages that Storyloom wrote, measured as given."""
    return [
        PassageFactory(
            story=story, author=Author.MODEL, mode=Mode.CONTINUE, text=f"Number {n}.",
            tone_measured={"tone": "sad", "valence": v, "energy": 0, "confidence": 1},
            **fields,
        )
        for n, v in enumerate(valences)
    ]  # fmt: skip


# --- curves -----------------------------------------------------------------------


def test_every_shape_is_most_like_itself():
    for name in shapes.SHAPES:
        course = shapes.make_arc(name).planned()
        assert shapes.nearest_shape(course) == name
        bent = [height + 0.1 * (-1) ** at for at, height in enumerate(course)]
        assert shapes.nearest_shape(bent) == name


def test_an_arc_is_sampled_over_its_passages_and_stays_at_its_end():
    arc = shapes.make_arc("drawn", [0, 1, -1], 5)
    assert arc.planned() == [0, 0.5, 1, 0, -1]
    assert arc.at(40) == -1


def test_five_hundred_points_are_thinned_and_keep_their_course():
    points = [at / 499 * 2 - 1 for at in range(500)]
    arc = shapes.make_arc("drawn", points, 8)
    assert len(arc.points) == shapes.KEPT_POINTS
    assert arc.planned() == pytest.approx([at / 7 * 2 - 1 for at in range(8)], abs=0.01)


def test_points_beyond_the_scale_are_brought_back_to_it():
    assert shapes.make_arc("drawn", [-7, 7], 2).points == (-1, 1)


@pytest.mark.parametrize(
    ("shape", "points", "passages"),
    [
        ("drawn", [0.5], 8),  # one point is no arc
        ("drawn", [], 8),
        ("drawn", None, 8),
        ("drawn", "up", 8),
        ("drawn", [0, float("nan")], 8),
        ("drawn", [0, True], 8),
        ("drawn", [0] * 1001, 8),
        ("spiral", None, 8),
        ("rise", None, 1),
        ("rise", None, 201),
        ("rise", None, -1),
    ],
)
def test_what_is_no_arc_is_refused_with_a_sentence(story, shape, points, passages):
    with pytest.raises(services.Refused) as refused:
        set_arc(story=story, shape=shape, points=points, passages=passages)
    assert refused.value.sentence
    story.refresh_from_db()
    assert story.arc is None


def test_the_next_passage_makes_up_for_some_of_a_miss():
    arc = shapes.make_arc("drawn", [0, 0.5, 0.5], 3)
    assert plan.aim(arc, 2, before=0.5) == 0.5
    assert plan.aim(arc, 2, before=0.0) == pytest.approx(0.7)
    assert plan.aim(arc, 0, before=-1.0) == 0


# --- a story with an arc ----------------------------------------------------------


def test_a_passage_aims_at_its_place_on_the_arc(story):
    set_arc(story=story, shape="fall", passages=5)
    told(story, 0.6, 0.6)
    passage = services.request_passage(story=story, mode="continue")
    target = targets.decide(passage)
    assert target["planned"] == 0
    assert target["valence"] == pytest.approx(-0.12)  # it had been too bright
    assert target["source"] == "arc" and target["as"] == target["tone"] == "wistful"


def test_an_entrys_own_tone_comes_before_the_arc(story):
    set_arc(story=story, shape="fall", passages=5)
    passage = services.request_passage(story=story, mode="continue", tone="joyful")
    assert targets.decide(passage)["source"] == "tone"


def test_the_arc_comes_before_the_storys_tone(story):
    services.change_settings(story=story, values={"tone": "joyful"})
    set_arc(story=story, shape="rise", passages=5)
    passage = services.request_passage(story=story, mode="continue")
    assert targets.decide(passage)["planned"] == -0.6
    services.stop_passage(passage=passage)
    drop_arc(story=story)
    passage = services.request_passage(story=story, mode="continue")
    assert targets.decide(passage)["tone"] == "joyful"


def test_planning_can_be_undone_and_done_again(story):
    set_arc(story=story, shape="rise", passages=5)
    services.undo(story=story)
    assert story.arc is None
    services.redo(story=story)
    story.refresh_from_db()
    assert story.arc["shape"] == "rise"


def test_an_arc_that_is_drawn_anew_keeps_the_plan_of_what_was_written(story):
    set_arc(story=story, shape="rise", passages=3)
    told(story, -0.5, tone_target={"planned": -0.6, "source": "arc", "tone": "sad"})
    set_arc(story=story, shape="drawn", points=[1, 1], passages=3)
    points = chart.chart(story).points
    assert [point.planned for point in points] == [-0.6, 1, 1]
    assert [point.measured for point in points] == [-0.5, None, None]


def test_the_arc_goes_out_and_comes_in_with_the_story(story, crow):
    set_arc(story=story, shape="drawn", points=[-1, 0.25, 1], passages=6)
    target = {"planned": -1.0, "source": "arc", "tone": "sad"}
    outcome = {"met": False, "layers": ["candidates"], "faults": []}
    told(story, 0.1, tone_target=target, tone_outcome=outcome)
    file = json.loads(json.dumps(exchange.export_story(story=story)))
    copied = exchange.import_story(person=crow, data=file)
    assert copied.arc == story.arc
    assert exchange.export_story(story=copied) == file


@pytest.mark.parametrize(
    "arc", [{"shape": "spiral"}, {}, {"shape": "drawn", "points": [1], "passages": 8}]
)
def test_a_file_with_a_broken_arc_is_refused(story, crow, arc):
    file = exchange.export_story(story=story)
    file["story"]["arc"] = arc
    with pytest.raises(services.Refused, match="bad_file"):
        exchange.import_story(person=crow, data=file)


# --- the chart --------------------------------------------------------------------


def test_the_chart_has_plan_measure_and_what_is_to_come(story):
    set_arc(story=story, shape="fall", passages=4)
    for planned, measured in ((0.6, 0.7), (0.2, 0.1), (-0.2, -0.4)):
        told(story, measured, tone_target={"planned": planned, "source": "arc"})
    found = chart.chart(story)
    assert [p.planned for p in found.points] == [0.6, 0.2, -0.2, -0.6]
    assert [p.measured for p in found.points] == [0.7, 0.1, -0.4, None]
    assert found.together == pytest.approx(0.996, abs=0.01)
    assert found.planned_line.count("L") == 3 and found.measured_line.count("L") == 2


def test_what_was_written_without_a_plan_neither_kept_nor_broke_it(story, client, wren):
    told(story, 0.7, 0.1, -0.4)
    set_arc(story=story, shape="fall", passages=4)
    assert chart.chart(story).together is None
    told(story, -0.4, tone_target={"planned": -0.6, "source": "arc"})
    assert [p.aimed for p in chart.chart(story).points] == [False, False, False, True]


def test_what_a_person_wrote_or_changed_is_measured_as_it_stands(story):
    PassageFactory(story=story, text="We laughed and danced at the wonderful party.")
    [model] = told(story, 0.9)
    services.edit_passage(passage=model, text="She wept at the grave, alone.", was=0)
    here, there = chart.chart(story).points
    assert here.measured > 0.3 and there.measured < -0.3


def test_what_cannot_be_measured_is_said_to_be_so(story, client, wren):
    PassageFactory(story=story, text="春天来了，孩子们在院子里。")
    [point] = chart.chart(story).points
    assert point.silent and point.measured is None
    client.force_login(wren)
    page = client.get(reverse("stories:arc", args=[story.pk])).content.decode()
    assert "not measured" in page


def test_branches_are_compared_on_demand(story, client, wren):
    first, second = told(story, 0.5, -0.5)
    other = PassageFactory(story=story, parent=first, lead_to_it=False,
                           text="Another way it went on.")  # fmt: skip
    client.force_login(wren)
    address = reverse("stories:arc", args=[story.pk])
    page = client.get(address).content.decode()
    assert "Another way it went on." in page and 'class="other"' not in page
    page = client.get(address, {"with": other.pk}).content.decode()
    assert 'class="other"' in page


def test_points_are_links_and_the_table_says_the_same(story, client, wren):
    set_arc(story=story, shape="fall", passages=4)
    first, _second = told(story, 0.7, 0.1)
    client.force_login(wren)
    page = client.get(reverse("stories:arc", args=[story.pk])).content.decode()
    assert f'data-jump="{first.pk}"' in page
    assert "<th scope=" in page and "0.70" in page and "to come" in page


def test_a_story_with_nothing_in_it_has_a_sheet_too(story, client, wren):
    client.force_login(wren)
    answer = client.get(reverse("stories:arc", args=[story.pk]))
    assert answer.status_code == 200 and b"Nothing is written yet" in answer.content


def test_a_long_story_is_charted_by_its_end(story, client, wren):
    passages = Passage.objects.bulk_create(
        Passage(story=story, number=n, author=Author.MODEL, mode="continue", text="A.",
                tone_measured={"tone": "sad", "valence": 0, "energy": 0})
        for n in range(1, 301)
    )  # fmt: skip
    for before, after in zip(passages, passages[1:], strict=False):
        after.parent = before
    Passage.objects.bulk_update(passages, ["parent"])
    story.tip = passages[-1]
    story.save()
    found = chart.chart(story)
    assert len(found.points) == chart.SHOWN and found.first == 181
    assert found.points[-1].number == 300


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"shape": "hole", "passages": "6"}, 200),
        ({"shape": "drawn", "points": "[0.1, 0.5]", "passages": "6"}, 200),
        ({"shape": "none"}, 200),
        ({"shape": "drawn", "points": "[0.1]", "passages": "6"}, 422),
        ({"shape": "drawn", "points": "{", "passages": "6"}, 422),
        ({"shape": "drawn", "points": "[" * 5000, "passages": "6"}, 422),
        ({"shape": "hole", "passages": "many"}, 422),
        ({"shape": "hole", "passages": "9999"}, 422),
        ({}, 422),
    ],
)
def test_a_plan_is_kept_or_refused_in_words(story, client, wren, said, status):
    client.force_login(wren)
    answer = client.post(reverse("stories:arc", args=[story.pk]), said)
    assert answer.status_code == status
    if status == 422:
        assert "errorlist" in answer.content.decode()


def test_a_plan_that_is_refused_is_there_to_be_mended(story, client, wren):
    client.force_login(wren)
    said = {"shape": "drawn", "points": "[0.1, -0.75]", "passages": "999"}
    answer = client.post(reverse("stories:arc", args=[story.pk]), said)
    assert answer.context["shape"] == "drawn" and answer.context["passages"] == "999"
    assert answer.context["points"] == "[0.1, -0.75]"


def test_nobody_else_sees_or_plans_it(story, client, crow):
    client.force_login(crow)
    address = reverse("stories:arc", args=[story.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"shape": "rise"}).status_code == 404


def test_a_passage_of_another_story_is_no_branch_to_compare(story, client, wren):
    strange = PassageFactory(story=StoryFactory())
    client.force_login(wren)
    address = reverse("stories:arc", args=[story.pk])
    assert client.get(address, {"with": strange.pk}).status_code == 404
