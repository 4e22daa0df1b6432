"""What the engine does for a tone: kin read once, the opposite leaned away from."""

import time
from dataclasses import replace

import pytest
import torch

from tests.training.engines import SHAPES, ask, tiny_model, tiny_tokenizer
from training.engine import Kin, Prompt, Sampling
from training.engine.local import LocalEngine
from training.engine.local.chat import Chat
from training.engine.local.processors import Contrast
from training.engine.local.steering import Steering

GREEDY = Sampling(max_tokens=20, temperature=0, repetition_penalty=0)


pytestmark = pytest.mark.usefixtures("one_thread")


def open_tiny(shape="llama", **options):
    return LocalEngine(tiny_model(shape), tiny_tokenizer(), name="tiny", **options)


@pytest.fixture(params=SHAPES)
def engine(request):
    engine = open_tiny(request.param)
    yield engine
    engine.close()


@pytest.fixture
def llama():
    engine = open_tiny()
    yield engine
    engine.close()


def write(engine, prompt, sampling=GREEDY):
    return "".join(piece.text for piece in engine.generate(prompt, sampling))


def drawn(engine, prompt):
    request = engine.submit(prompt, GREEDY)
    while not request.pieces.get(timeout=30).finish:
        pass
    return request.drafts[0].rows[0].ids[len(engine.encode(prompt)) :]


def until(true):
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def fed(engine, monkeypatch):
    """Tokens fed to the model, step by step."""
    counts = []
    forward = engine._forward

    def count(segments):
        counts.append(sum(segment.length for segment in segments))
        return forward(segments)

    monkeypatch.setattr(engine, "_forward", count)
    return counts


# --- kin ---------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0, 0.8])
def test_kin_write_what_they_would_write_alone(engine, temperature):
    sampling = replace(GREEDY, temperature=temperature, seed=4)
    prompts = [ask(header="Names: Mara " * 8)]
    said = {"role": "assistant", "content": "Mara walked to the river."}
    prompts.append(replace(prompts[0], messages=(*prompts[0].messages, said)))
    alone = [write(engine, prompt, sampling) for prompt in prompts * 2]
    kin = Kin()
    kindred = [write(engine, replace(p, kin=kin), sampling) for p in prompts * 2]
    assert kindred == alone


def test_many_kin_at_once_read_their_prompt_once(llama, monkeypatch):
    counts = fed(llama, monkeypatch)
    prompt = replace(ask(header="Names: Mara " * 12), kin=Kin())
    requests = [llama.submit(prompt, replace(GREEDY, seed=n)) for n in range(5)]
    for request in requests:
        while not request.pieces.get(timeout=30).finish:
            pass
    length = llama.length(prompt)
    assert sum(counts) < length + 5 * (GREEDY.max_tokens + 1)
    texts = {tuple(r.drafts[0].rows[0].ids) for r in requests}
    assert len(texts) == 1


def test_a_reader_that_is_cancelled_holds_up_no_kin(llama):
    kin = Kin()
    first = llama.generate(replace(ask(header="Names: Mara " * 12), kin=kin), GREEDY)
    next(first)
    first.close()
    prompt = replace(ask(), kin=kin)
    assert write(llama, prompt) == write(llama, ask())


def test_strangers_share_nothing(llama, monkeypatch):
    prompt = ask(header="Names: Mara " * 12)
    write(llama, replace(prompt, kin=Kin()))
    counts = fed(llama, monkeypatch)
    write(llama, replace(prompt, kin=Kin()))
    assert sum(counts) >= llama.length(prompt)


# --- contrast ----------------------------------------------------------------------


def against(strength):
    wanted, other = ask("Tone: sad"), ask("Tone: joyful and glad")
    return replace(wanted, against=other.messages, contrast=strength)


@pytest.mark.parametrize("strength", [0.5, 1.5])
def test_contrast_is_what_transformers_calls_guidance(llama, monkeypatch, strength):
    """Their oracle, without our mask of what is plausible."""
    monkeypatch.setattr(Contrast, "PLAUSIBLE", 2.0)
    prompt = against(strength)
    ours, ids = drawn(llama, prompt), llama.encode(prompt)
    expected = tiny_model("llama").generate(
        torch.tensor([ids]),
        negative_prompt_ids=torch.tensor([llama.encode(Prompt(prompt.against))]),
        guidance_scale=1 + strength,
        max_new_tokens=GREEDY.max_tokens,
        do_sample=False,
    )
    theirs = expected[0, len(ids) :].tolist()
    assert ours == theirs != drawn(llama, replace(prompt, contrast=0.0))


def test_contrast_draws_only_what_is_plausible_as_asked():
    class Rival:
        scores = torch.tensor([0.0, 0.0, 0.0, -30.0])

    asked = torch.tensor([3.0, 2.9, 0.0, -2.0])
    leaned = Contrast(Rival(), 5.0)([], asked)
    assert leaned[3] == float("-inf") and leaned[:2].isfinite().all()


def test_what_was_just_said_over_and_over_is_not_what_is_plausible():
    class Rival:
        scores = torch.zeros(300)

    said = [65, 66, 67, 68] * 4
    chat = Chat(tiny_tokenizer())
    prompt = Prompt(({"role": "user", "content": "Go on."},), contrast=1.0)
    again = torch.zeros(300)
    again[65] = 9.0
    for process in Steering(chat, {}).of(prompt, [1], Sampling(), Rival()):
        again = process([1, *said], again)
    assert again.argmax() != 65


def test_the_rival_row_writes_along_and_leaves_with_its_request(llama):
    request = llama.submit(against(1.0), GREEDY)
    while not request.pieces.get(timeout=30).finish:
        pass
    wanted, rival = request.drafts[0].rows
    drawn = wanted.ids[len(llama.encode(ask("Tone: sad"))) :]
    assert rival.ids[-len(drawn) :] == drawn
    until(lambda: rival.cache is None and llama.places == 0)


def test_kin_share_the_rivals_reading_too(llama):
    alone = write(llama, against(1.0))
    kin = Kin()
    assert [write(llama, replace(against(1.0), kin=kin)) for _ in "ab"] == [alone] * 2


def test_without_room_for_the_rival_a_passage_is_written_without_it(llama):
    wanted = ask("Tone: sad")
    long = ask("Tone: joyful " * 90).messages
    prompt = replace(wanted, against=long, contrast=1.0)
    assert write(llama, prompt) == write(llama, wanted)


# --- what this passage has said itself ---------------------------------------------


def test_what_the_passage_has_said_counts_as_repetition(llama):
    """Block by block, the passage's own words stand in the prompt."""
    said = "Mara walked to the river, and Tobi sang to her. "
    *_, user = ask().messages
    prompt = Prompt((user, {"role": "assistant", "content": said * 3}))
    quoting = llama._request(prompt, Sampling())
    repeating = llama._request(replace(prompt, begun=said * 3), Sampling())
    ids = quoting.drafts[0].rows[0].ids
    scores = torch.zeros(320)
    free = quoting.drafts[0].processors[-1](ids, scores)
    held = repeating.drafts[0].processors[-1](ids, scores)
    assert held.min() < free.min()
