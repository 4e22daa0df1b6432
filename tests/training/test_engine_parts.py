"""The local engine's parts, each by itself."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    GPTJConfig,
    MistralConfig,
    PreTrainedConfig,
)

from tests.training.engines import tiny_tokenizer
from training.engine import EngineError, Prompt, Sampling
from training.engine.local.attention import Pack, Span
from training.engine.local.batch import Request, Row, Segment, note, plan
from training.engine.local.cache import RowCache
from training.engine.local.chat import Chat
from training.engine.local.forward import Forward, choose_forward
from training.engine.local.pace import ALONE, LEAST, STALL, Pace
from training.engine.local.sampling import check, draw, draw_from_nucleus, seeded
from training.engine.local.slots import Slots
from training.engine.local.text import TextStream

SMALL: dict[str, Any] = {
    "vocab_size": 100,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "initializer_range": 0.3,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
    "bos_token_id": None,
    "eos_token_id": 1,
}


def test_importing_the_engine_loads_no_torch() -> None:
    code = (
        "import sys, training.engine; training.engine.open_engine('echo');"
        "print({'torch', 'transformers', 'django'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "set()"


# -- text


@pytest.fixture(scope="module")
def chat() -> Chat:
    return Chat(tiny_tokenizer())


def pieces(chat: Chat, text: str, stop: tuple[str, ...] = ()) -> list[str]:
    stream = TextStream(chat.decode, chat.encode(Prompt(())), stop)
    ids = chat._ids(text, special=False)
    return [*(stream.push(token) for token in ids), stream.finish()]


@pytest.mark.parametrize("text", ["a 🦊 b", "👩‍👩‍👧", "שלום", "春天来了", "é" * 9])
def test_characters_split_over_tokens_come_out_whole(chat: Chat, text: str) -> None:
    shown = pieces(chat, text)
    assert "".join(shown) == text
    assert "\ufffd" not in "".join(shown)
    assert "" in shown  # something was held back


def test_half_a_character_at_the_end_is_dropped(chat: Chat) -> None:
    stream = TextStream(chat.decode, [])
    fox = chat._ids("a🦊", special=False)
    shown = [stream.push(token) for token in fox[:-1]] + [stream.finish()]
    assert "".join(shown) == "a"


def test_noise_bytes_do_not_hold_the_stream_up(chat: Chat) -> None:
    stream = TextStream(chat.decode, [])
    byte = chat._ids("🦊", special=False)[-1]
    for _ in range(9):
        stream.push(byte)
    assert stream.push(chat._ids("a", special=False)[0]) == "a"


def test_a_possible_stop_string_is_held_until_it_is_none(chat: Chat) -> None:
    shown = pieces(chat, "one *** two **x", stop=("***x",))
    assert "".join(shown) == "one *** two **x"
    assert all(not piece.endswith("*") for piece in shown)


def test_text_after_a_stop_string_is_never_shown(chat: Chat) -> None:
    assert "".join(pieces(chat, "one THE END two", stop=("THE END",))) == "one "


# -- sampling


def test_the_nucleus_is_the_one_that_sorting_would_find() -> None:
    chances = torch.tensor([0.05, 0.4, 0.1, 0.3, 0.15], dtype=torch.double)
    dice = seeded(1)
    found = [draw_from_nucleus(chances, 0.8, dice) for _ in range(4000)]
    share = torch.bincount(torch.tensor(found), minlength=5) / len(found)
    expected = torch.tensor([0, 0.4, 0, 0.3, 0.15]) / 0.85
    assert torch.allclose(share, expected, atol=0.03)


def test_a_tiny_top_p_is_greedy() -> None:
    scores = torch.randn(500, generator=seeded(2))
    dice = seeded(3)
    sampling = Sampling(temperature=1, top_p=1e-6)
    assert {draw(scores, sampling, dice) for _ in range(20)} == {int(scores.argmax())}


def test_forbidden_tokens_are_never_drawn() -> None:
    scores = torch.full((50,), -torch.inf)
    scores[7] = 1.0
    assert draw(scores, Sampling(temperature=2, top_p=1), seeded(0)) == 7


def test_scores_that_are_no_numbers_are_an_error() -> None:
    with pytest.raises(ValueError, match="numbers"):
        draw(torch.full((9,), torch.nan), Sampling(temperature=1), seeded(0))


@pytest.mark.parametrize(
    "settings", [{"max_tokens": 0}, {"temperature": -1}, {"top_p": 0}, {"top_p": 1.1}]
)
def test_impossible_settings_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(EngineError):
        check(Sampling(**settings))  # type: ignore[arg-type]


# -- attention and plan


def greedy(forward: Forward, ids: list[int], new: int) -> list[int]:
    row = Row(list(ids), capacity=len(ids) + new)
    for _ in range(new):
        scores = forward([Segment(row, row.cached, len(row.ids))])
        note([Segment(row, row.cached, len(row.ids))], scores)
        row.ids.append(int(scores[0].argmax()))
    return row.ids[len(ids) :]


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        (MistralConfig(**SMALL, num_key_value_heads=2, sliding_window=8), "Packed"),
        (GPTJConfig(**SMALL, rotary_dim=8, n_inner=64), "Solo"),
    ],
)
@torch.inference_mode()
def test_any_causal_model_writes_what_it_would_by_itself(
    config: PreTrainedConfig, kind: str
) -> None:
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config).eval()
    ids = list(range(5, 30))
    plain = model.generate(
        torch.tensor([ids]), max_new_tokens=12, do_sample=False, eos_token_id=-1
    )
    forward = choose_forward(model, Slots(model))
    assert type(forward).__name__ == f"{kind}Forward"
    assert greedy(forward, ids, 12) == plain[0, len(ids) :].tolist()


def test_packed_attention_equals_attention_row_by_row() -> None:
    torch.manual_seed(0)
    heads, shared, dim, window = 4, 2, 8, 5
    rows = [torch.randn(3, 1, heads, length, dim) for length in (7, 4, 9)]
    caches = [RowCache(16) for _ in rows]
    done = [0, 0, 0]
    found: list[list[torch.Tensor]] = [[], [], []]
    for portions in ([3, 4, 2], [4, 0, 6], [0, 0, 1]):
        fed = [index for index, length in enumerate(portions) if length]
        query, key, value = (
            torch.cat(
                [rows[i][part][:, :, done[i] : done[i] + portions[i]] for i in fed],
                dim=2,
            )
            for part in range(3)
        )
        pack = Pack([Span(caches[i], done[i], portions[i]) for i in fed])
        out = pack.attend(0, query, key[:, :shared], value[:, :shared], None, window)
        for i, part in zip(fed, out.split([portions[i] for i in fed], 1), strict=True):
            found[i].append(part)
            done[i] += portions[i]
    for row, parts in zip(rows, found, strict=True):
        query, key, value = row
        length = query.shape[2]
        at = torch.arange(length)
        seen = (at[:, None] >= at) & (at[:, None] - at < window)
        expected = torch.nn.functional.scaled_dot_product_attention(
            query,
            key[:, :shared].repeat_interleave(heads // shared, 1),
            value[:, :shared].repeat_interleave(heads // shared, 1),
            attn_mask=seen,
        ).transpose(1, 2)
        assert torch.allclose(torch.cat(parts, 1), expected, atol=1e-6)


def fake_request(tokens: int, cached: int) -> Request:
    request = Request([])
    row = Row(list(range(tokens)), capacity=99, cached=cached)
    request.drafts.append(type("OneRow", (), {"rows": [row], "tokens": 0})())
    return request


def lengths(segments: list[Segment]) -> list[tuple[int, int]]:
    return [(segment.start, segment.stop) for segment in segments]


def test_writers_get_their_token_and_readers_share_the_rest_in_order() -> None:
    requests = [fake_request(30, 0), fake_request(9, 8), fake_request(30, 0)]
    assert lengths(plan(requests, 40, 40)) == [(8, 9), (0, 30), (0, 10)]


def test_a_long_prompt_is_not_kept_waiting_for_the_next_one() -> None:
    requests = [fake_request(30, 0), fake_request(30, 0)]
    assert lengths(plan(requests, 99, together=30)) == [(0, 30)]
    assert lengths(plan(requests, 99, together=31)) == [(0, 30), (0, 30)]


def test_a_started_prompt_is_read_on_where_it_stopped() -> None:
    assert lengths(plan([fake_request(30, 10)], 8)) == [(10, 18)]


def test_a_pace_keeps_running_streams_running() -> None:
    pace = Pace()
    quiet, busy = fake_request(30, 0), fake_request(30, 29)
    busy.drafts[0].tokens = 1
    assert pace.portion([quiet]) == ALONE
    assert pace.portion([quiet, busy]) == LEAST
    pace.learn([Segment(quiet.rows[0], 0, 100)], seconds=0.4)
    assert pace.portion([quiet, busy]) == int(STALL / 0.004)
    assert pace.portion([quiet, quiet, busy]) == int(2 * STALL / 0.004)
