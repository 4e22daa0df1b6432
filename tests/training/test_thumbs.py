"""What a person likes is learnt from thumbs alone, when there are enough of both."""

import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from stories import services
from stories.models import Author, Mode
from tests.factories import PassageFactory
from tests.training.engines import WORDS, tiny_model, tiny_tokenizer
from training import ledger, voices
from training.engine.fitting import Fit, Rated
from training.engine.local import process
from training.engine.local.adapters import WEIGHTS
from training.engine.local.chat import Chat
from training.engine.local.fit import with_adapter
from training.engine.local.gates import thumbs as gate
from training.engine.local.thumbs import Liking, as_before, thumbs_of
from training.learning import apart
from training.learning.job import enough_thumbs, job, ratings
from training.learning.run import learn
from training.models import Example

pytestmark = pytest.mark.usefixtures("one_thread")


def rated(count: int, seed: int) -> tuple[Rated, ...]:
    """Someone who likes questions, whatever they are about."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        liked = number % 3 > 0
        mark = "?" if liked else "!"
        line = " ".join(f"{word}{mark}" for word in dice.choices(WORDS, k=6))
        found.append(Rated("Once.", line, liked, "Tone: sad"))
    return tuple(found)


@pytest.fixture
def fit(fit: Fit) -> Fit:
    return replace(fit, test_thumbs=rated(30, seed=9))


def test_a_liking_shown_only_by_thumbs_is_learnt_on_passages_never_seen(fit: Fit):
    *_, without = process.run(replace(fit, folder=f"{fit.folder} without"))
    steps = list(process.run(replace(fit, thumbs=rated(36, seed=1))))
    stages = [progress.stage for progress in steps]
    assert "taste" not in stages
    assert stages.index("voice") < stages.index("thumbs") < stages.index("checking")
    before, after = (
        last.report["gates"]["thumbs"]["accuracy"]
        for last in (without, steps[-1])
        if last.report
    )
    assert before < 0.75 and after >= 0.9
    assert steps[-1].report is not None and steps[-1].report["passed"]


def test_without_thumbs_the_voice_is_the_same_to_the_last_bit(fit: Fit):
    list(process.run(fit))
    rated_once = replace(fit, folder=f"{fit.folder} again", test_thumbs=())
    stages = [progress.stage for progress in process.run(rated_once)]
    assert "thumbs" not in stages
    one, other = (
        load_file(Path(folder) / "adapter" / WEIGHTS)
        for folder in (fit.folder, rated_once.folder)
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_put_down_among_the_thumbs_it_ends_with_the_same_bits(fit: Fit):
    told = replace(fit, thumbs=rated(36, seed=1))
    list(process.run(told))
    again = replace(told, folder=f"{fit.folder} again")
    for _ in range(2):  # cut off at its first step, and once more
        with closing(process.run(again)) as steps:
            next(p for p in steps if p.stage == "thumbs" and p.step)
    last = list(process.run(again))[-1]
    assert last.stage == "done"
    one, other = (
        load_file(Path(folder) / "adapter" / WEIGHTS)
        for folder in (told.folder, again.folder)
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_fit_with_thumbs_travels_as_json(fit: Fit):
    told = replace(fit, thumbs=rated(3, seed=1))
    assert Fit.from_json(told.as_json()) == told


def test_the_first_step_goes_up_for_what_is_liked_and_down_for_what_is_not(fit: Fit):
    chat, model = Chat(tiny_tokenizer()), with_adapter(tiny_model("llama"), fit.recipe)
    known = as_before(model, thumbs_of(chat, rated(6, seed=1), 128))
    liking = Liking(fit.recipe, known)
    lower = [replace(t, before=t.before + (5 if t.liked else -5)) for t in known]
    higher = [replace(t, before=t.before + (-5 if t.liked else 5)) for t in known]
    losses = [liking.look(model, each) for each in (higher, known, lower)]
    assert losses == sorted(losses) and losses[0] < losses[1] < losses[2]
    assert losses[1] == pytest.approx(0.5, abs=1e-3)  # nothing has moved yet


def test_both_signs_count_alike_however_few_there_are_of_one(fit: Fit):
    chat, model = Chat(tiny_tokenizer()), with_adapter(tiny_model("llama"), fit.recipe)
    known = as_before(model, thumbs_of(chat, rated(30, seed=1), 128))
    liking = Liking(fit.recipe, known)
    up = [t for t in known if t.liked]
    down = [t for t in known if not t.liked]
    assert len(up) == 2 * len(down)
    shares = [len(each) * liking.look(model, each) for each in (up, down)]
    assert shares[0] == pytest.approx(shares[1], rel=0.01)


def test_few_thumbs_are_shown_and_not_judged():
    assert gate([1.0] * 14, [0.0] * 5)["passed"] is None
    assert gate([1.0] * 14, [0.0] * 6)["passed"] is True
    assert gate([0.0] * 14, [1.0] * 6)["passed"] is False
    assert gate([], [1.0]) == {"passed": None, "up": 0, "down": 1}


# -- from the editor to the fit


@pytest.fixture
def judged(willing, story):
    """`judged(up, down)`: so many passages of the model's, each with its thumb."""

    def judge(up: int, down: int) -> list[Example]:
        parent = None
        for number in range(up + down):
            parent = PassageFactory(
                story=story,
                parent=parent,
                author=Author.MODEL,
                mode=Mode.CONTINUE,
                text=f"The hen laid {number} eggs on the roof.",
            )
            kind = "up" if number < up else "down"
            services.give_feedback(passage=parent, kind=kind)
        ledger.refresh(willing)
        found = Example.objects.owned_by(willing).counting().in_time()
        return list(found.select_related("document"))

    return judge


@pytest.mark.django_db
def test_thumbs_from_the_editor_reach_the_fit_with_what_was_asked(judged, willing):
    examples = judged(18, 6)
    fit = job(voices.start_run(person=willing), examples, None)
    learnt, held = fit.thumbs, fit.test_thumbs
    assert [len(learnt), len(held)] == [19, 5]
    assert sum(each.liked for each in held) == 4  # of each sign, the latest
    assert "Part:" in learnt[0].ask and learnt[1].context
    seen = {each.text for each in learnt}
    assert not seen & {each.text for each in held}
    assert not seen & {each.text for each in fit.train}  # nobody's own words


@pytest.mark.django_db
def test_a_run_learns_from_them_and_its_page_says_so(client, judged, willing):
    judged(40, 20)
    run = voices.start_run(person=willing)
    seen = []
    original = apart.follow

    def follow(fit):
        for progress in original(fit):
            seen.append(progress and progress.stage)
            yield progress

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.learning.run.follow", follow)
        learn(run.pk)
    run.refresh_from_db()
    assert run.status == "finished", run.error
    assert "thumbs" in seen and run.examples["up"] == 40
    gate = run.report["gates"]["thumbs"]
    assert (gate["up"], gate["down"]) == (8, 4) and 0 <= gate["accuracy"] <= 1
    client.force_login(willing)
    page = client.get(f"/voice/runs/{run.pk}").content.decode()
    assert "Likes what you like" in page and "(8 liked, 4 not)" in page


@pytest.mark.django_db
@pytest.mark.parametrize("up, down", [(17, 6), (19, 5), (0, 30)])
def test_too_few_thumbs_do_nothing(judged, willing, up, down):
    assert ratings(judged(up, down))[0] == ()
    assert not enough_thumbs(up, down)
    shown = voices.standing_of(person=willing).shown
    assert (shown.up, shown.down, shown.thumbs_count) == (up, down, False)


@pytest.mark.django_db
def test_a_reason_is_kept_with_the_example(story, wren):
    passage = PassageFactory(story=story, author=Author.MODEL, mode=Mode.CONTINUE)
    services.give_feedback(passage=passage, kind="down")
    ledger.refresh(wren)
    digest = Example.objects.get().digest
    services.give_feedback(passage=passage, kind="down", reason="too sad")
    ledger.refresh(wren)
    example = Example.objects.get()
    assert (example.kind, example.reason) == ("down", "too sad")
    assert example.digest == digest  # no version is stale for a reason


@pytest.mark.django_db
def test_the_ledger_says_why_a_thumb_counts(client, story, wren):
    passage = PassageFactory(story=story, author=Author.MODEL, mode=Mode.CONTINUE)
    services.give_feedback(passage=passage, kind="down", reason="too <sad>")
    client.force_login(wren)
    page = client.get("/voice/ledger").content.decode()
    assert "You said: too &lt;sad&gt;" in page
    assert "find such passages less likely" in page
    assert "Thumbs: 0 up, 1 down; they are learnt from when there are 24" in page
