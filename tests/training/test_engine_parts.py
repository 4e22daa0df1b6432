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
from training.engine.local.processors import Names, Repetition, Spared, Wanted
from training.engine.local.sampling import check, draw, draw_from_nucleus, seeded
from training.engine.local.slots import Slots
from training.engine.local.steering import capitalised
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


# -- repetition


def losses(prompt: list[int], written: list[int]) -> dict[int, float]:
    """Token -> what it loses after `written`."""
    process = Repetition(prompt, strength=1.0)
    scores = process(prompt + written, torch.zeros(100))
    return {int(token): float(scores[token]) for token in scores.nonzero()}


def test_a_repeated_run_gets_harder_the_longer_it_is() -> None:
    two = losses([], [1, 2, 3, 4, 9, 1, 2])
    three = losses([], [1, 2, 3, 4, 9, 1, 2, 3])
    assert two == {3: -1.0}
    assert three == {4: -1.75}


def test_single_words_may_come_again() -> None:
    assert losses([], [1, 2, 3, 1]) == {}


def test_a_name_in_the_prompt_may_be_repeated_freely() -> None:
    name = [50, 51, 52, 53]
    assert losses([], [*name, 1, *name[:3]]) == {53: -1.75}
    assert losses([7, *name, 8], [*name, 1, *name[:3]]) == {}


def test_copying_a_long_stretch_of_the_prompt_is_hindered() -> None:
    prompt = list(range(40))
    assert losses(prompt, prompt[:6]) == {}
    assert losses(prompt, prompt[:20])[20] < -10


def test_an_experience_among_the_details_is_told_to_its_end() -> None:
    prompt = list(range(90))
    told = Repetition(prompt, 1.0, details=60)
    assert not told(prompt + prompt[:30], torch.zeros(100)).any()
    assert told(prompt + prompt[:56], torch.zeros(100))[56] < -10
    assert told(prompt + prompt[62:82], torch.zeros(100))[82] < -10


ANA, AND, TOM = 50, 60, 51


def spared_losses(written: list[int]) -> dict[int, float]:
    inside = torch.zeros(100, dtype=torch.bool)
    inside[70] = True
    spared = Spared(frozenset({ANA, TOM}), frozenset({AND}), inside)
    scores = Repetition([], 1.0, spared=spared)(written, torch.zeros(100))
    return {int(token): float(scores[token]) for token in scores.nonzero()}


def test_two_people_may_be_named_together_again_and_again() -> None:
    told = [1, ANA, AND, TOM, 2, 3, 4, 9, 1]
    assert spared_losses([*told, ANA]) == {}
    assert spared_losses([*told, ANA, AND]) == {}
    assert spared_losses([*told, ANA, AND, TOM]) == {2: -1.0}  # 1 and AND count


def test_a_word_that_was_begun_is_finished() -> None:
    assert spared_losses([1, 2, 3, 70, 9, 1, 2, 3]) == {}
    assert spared_losses([1, 2, 3, 70, 4, 9, 1, 2, 3, 70]) == {4: -(1.75**2)}
    run = list(range(1, 13))
    assert spared_losses([*run, 70, 9, *run])[70] < -10  # this is a loop, no word


def test_scores_handed_in_are_left_alone() -> None:
    scores = torch.zeros(100)
    Repetition([], 1.0)([1, 2, 3, 9, 1, 2], scores)
    assert not scores.any()


def test_repetition_follows_a_growing_history() -> None:
    process = Repetition([9], 1.0)
    written = [1, 2, 3, 4, 9, 1, 2, 3]
    for length in range(1, len(written)):
        process([9, *written[:length]], torch.zeros(100))
    assert process([9, *written], torch.zeros(100))[4] < 0


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


# -- names

NONE = torch.zeros(12, dtype=torch.bool)  # tokens that lengthen a word


def test_a_name_is_likelier_and_once_begun_is_spelled_to_its_end() -> None:
    inside = torch.tensor([False, False, True, True, False, False])
    names = Names(2, [[1, 2, 3]], inside, strength=3.0)
    level = torch.zeros(6)
    assert names([0, 0], level).tolist() == [0, 3, 0, 0, 0, 0]
    assert names([0, 0, 1], level).argmax() == 2
    assert names([0, 0, 1, 2], level)[3] == Names.SPELLED
    whole = names([0, 0, 1, 2, 3], level)
    assert whole[2] == whole[3] == -Names.SPELLED and whole[0] == 0
    assert level.tolist() == [0] * 6


def test_a_name_that_was_just_said_rests() -> None:
    names = Names(1, [[1, 2]], torch.zeros(5, dtype=torch.bool), strength=3.0)
    said = [0, 1, 2, 4]
    assert names(said, torch.zeros(5)).tolist() == [0] * 5
    later = said + [4] * Names.RESTS
    assert names(later, torch.zeros(5)).tolist() == [0, 3, 0, 0, 0]


def test_what_stands_in_the_prompt_begins_no_name() -> None:
    names = Names(1, [[1, 2]], torch.zeros(3, dtype=torch.bool), strength=3.0)
    assert names([1], torch.zeros(3)).tolist() == [0, 3, 0]


def test_a_name_is_spelled_where_a_text_begins_with_it_too() -> None:
    inside = torch.zeros(8, dtype=torch.bool)
    names = Names(1, [[1, 2, 3]], inside, strength=3.0, first=[[4, 5, 6]])
    level = torch.zeros(8)
    assert names([0, 4], level)[5] == 6
    assert names([0, 4, 5], level)[6] == Names.SPELLED
    assert names([0, 7, 4, 5], level)[6] == 0
    script = Names(1, [[1, 2, 3]], inside, strength=3.0, first=[[4, 5, 6]], breaks=[7])
    assert script([0, 2, 7, 4, 5], level)[6] == Names.SPELLED


def test_nobody_is_named_beside_themselves() -> None:
    inside = torch.zeros(8, dtype=torch.bool)
    ana, tom, and_ = [1, 2], [3], 7
    names = Names(
        1, [ana, tom], inside, strength=3.0, first=[[4, 5], [6]], joins=[and_]
    )
    level = torch.zeros(8)
    assert names([0, *ana, and_], level)[1] < 0 < names([0, *ana, and_], level)[3]
    assert names([0, 4, 5, and_], level)[1] < 0
    assert names([0, *tom, and_], level)[3] < 0


def test_nobody_is_named_where_the_teller_is_likelier() -> None:
    inside = torch.zeros(8, dtype=torch.bool)
    names = Names(1, [[1, 2]], inside, strength=3.0, teller=[5])
    scores = torch.zeros(8)
    scores[5] = 0.5
    assert names([0], scores)[1] == 0
    assert names([0, 1], scores)[2] == 6
    wanted = Wanted(
        1, [[1, 2], [3]], inside=NONE, strength=2.0, names=[[1, 2]], teller=[5]
    )
    assert wanted([0], scores)[1] == 0 and wanted([0], scores)[3] == 2
    scores[1] = 1.0
    assert names([0], scores)[1] == 4
    assert wanted([0], scores)[1] == 3


def test_what_is_wanted_is_likelier_until_it_was_said() -> None:
    wanted = Wanted(1, [[1, 2, 4], [3]], inside=NONE, strength=2.0)
    level = torch.zeros(5)
    assert wanted([0], level).tolist() == [0, 2, 0, 2, 0]
    begun = wanted([0, 1], level)
    assert begun[2] == Wanted.SPELLED and begun[1] == 0 and begun[3] > 2
    assert wanted([0, 1, 2], level)[4] == Wanted.SPELLED
    said = wanted([0, 1, 2, 4], level)
    assert said[1] == said[2] == said[4] == 0 and said[3] > 2
    assert wanted([0, 1, 2, 4, 3], level).tolist() == level.tolist()


def test_what_is_wanted_is_not_pushed_where_there_is_no_room_for_it() -> None:
    the, hat = 2, 1
    wanted = Wanted(1, [[hat]], inside=NONE, strength=2.0, articles=[the])
    scores = torch.tensor([Wanted.REACH + 1, 0.0, 3.0])
    assert wanted([0, the], scores).tolist() == scores.tolist()
    scores[hat] = 2.0
    assert wanted([0, the], scores)[hat] > 4.0
    assert wanted([0], scores)[hat] == 2.0
    scores[hat] = scores.max() - Wanted.DUE
    assert wanted([0], scores)[hat] > scores[hat]


def test_a_name_is_not_pushed_where_something_else_is_due() -> None:
    wanted = Wanted(1, [[1], [2]], inside=NONE, strength=2.0, names=[[2]], articles=[3])
    scores = torch.tensor([4.0, 0.0, 0.0, 0.0])
    assert wanted([0, 3], scores)[1] > 2 and wanted([0, 3], scores)[2] == 0


def test_a_first_token_that_begins_another_word_is_left_to_it() -> None:
    inside = NONE.clone()
    inside[[2, 3, 4]] = True
    wanted = Wanted(1, [[1, 2, 3, 5]], inside=inside, strength=2.0)
    scores = torch.zeros(8)
    scores[4] = Wanted.REACH + 1  # "st" goes on as "stared"
    assert wanted([0, 1], scores).argmax() == 4
    noun = Wanted(1, [[1, 2]], inside=inside, strength=2.0, articles=[7])
    assert noun([0, 7, 1], scores).argmax() == 2  # "the st": a thing
    assert wanted([0, 1, 2], scores).argmax() == 3  # "stam": no other word
    assert wanted([0, 1, 2, 3], scores).argmax() == 4  # a word of its own by now


def test_a_first_token_that_is_no_word_is_spelled_as_the_name_it_begins() -> None:
    inside = NONE.clone()
    inside[[2, 3]] = True
    names = Names(1, [[1, 2]], inside, strength=1.0)
    scores = torch.zeros(8)
    scores[3] = 6.0  # "Eustand", not "Eustace"
    assert names([0, 1], scores).argmax() == 2
    scores[4] = 7.0  # "The door", not "Theodora"
    assert names([0, 1], scores).argmax() == 4


def test_a_place_is_spelled_to_its_end_and_never_pushed() -> None:
    inside = NONE.clone()
    inside[[2, 3]] = True
    places = Names(1, [[1, 2]], inside, strength=0.0)
    scores = torch.zeros(8)
    scores[3] = 6.0
    assert places([0], scores).tolist() == scores.tolist()
    assert places([0, 1], scores).argmax() == 2
    assert capitalised(["the bowling alley", "Cape Sorrow"]) == ["Cape", "Sorrow"]
    assert capitalised(["The Old Mill", "Kent, Ohio"]) == [
        "Old",
        "Mill",
        "Kent",
        "Ohio",
    ]


def test_what_is_still_unsaid_is_wanted_more_but_not_without_end() -> None:
    wanted = Wanted(1, [[1]], inside=NONE, strength=2.0)
    pushed = [wanted([0] + [2] * n, torch.zeros(3))[1].item() for n in (0, 20, 40, 400)]
    assert pushed == [2.0, 3.0, 4.0, 4.0]


def test_what_stands_in_the_prompt_is_still_wanted() -> None:
    wanted = Wanted(2, [[1, 2]], inside=NONE, strength=2.0)
    assert wanted([1, 2], torch.zeros(3)).tolist() == [0, 2, 0]
