"""How fast the engine is, beside what transformers offers, on one model in one run.

Plain functions, so that a bench through the socket can use the same yardsticks:
`build_shape` or `save_shape` give the model, `generate_first`, `generate_static` and
`continuous` measure transformers, `engine_run` measures an engine.

The yardstick is at its cheapest (greedy, equal prompts, no padding) and the engine as
the editor uses it (sampled, anti-repetition on).
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor
from transformers import (
    ContinuousBatchingConfig,
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from training.engine.base import AdapterRef, Engine, Prompt, Sampling
from training.engine.local.engine import LocalEngine
from training.engine.local.model import load, pick_threads

SEEDLING = Path(__file__).parents[2] / "seedling" / "weights"
#: Llama shapes by name, for random weights: speed does not depend on what they say.
SHAPES: dict[str, dict[str, int]] = {
    "135m": {
        "vocab_size": 49152,
        "hidden_size": 576,
        "intermediate_size": 1536,
        "num_hidden_layers": 30,
        "num_attention_heads": 9,
        "num_key_value_heads": 3,
    },
    "tiny": {
        "vocab_size": 512,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    },
}


#: `time.perf_counter`, or `time.process_time`: seconds this process had a core. On a
#: machine busy with other work only the latter compares like with like.
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Run:
    """Some passages written at once: seconds to each first token, and to the end."""

    first: list[float]
    seconds: float
    tokens: int

    @property
    def rate(self) -> float:
        """Tokens per second, all passages together, reading the prompts included."""
        return self.tokens / self.seconds


# -- what to measure on


def open_shape(
    name: str, device: str
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A shape by name, the bundled seedling, or the model folder of that name."""
    if name in SHAPES:
        return build_shape(name, device)
    return load(str(SEEDLING) if name == "seedling" else name, device)


def build_shape(
    name: str, device: str = "cpu"
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A random model of a known shape, and a tokenizer that has one word per token."""
    shape = SHAPES[name]
    torch.manual_seed(0)
    config = LlamaConfig(
        **shape, max_position_embeddings=2048, tie_word_embeddings=True,
        pad_token_id=0, eos_token_id=1, bos_token_id=None,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval().requires_grad_(False).to(device)
    return model, word_tokenizer(shape["vocab_size"])


def word_tokenizer(size: int) -> PreTrainedTokenizerBase:
    """“w7” is token 7. A prompt of so many tokens is a prompt of so many words."""
    vocabulary = {"<pad>": 0, "<end>": 1} | {f"w{n}": n for n in range(2, size)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="w2"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<end>"
    )


def save_shape(name: str, folder: Path) -> Path:
    """Write a shape as a model folder, for a server that is started on it."""
    model, tokenizer = build_shape(name)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def words_prompt(tokens: int, seed: int) -> Prompt:
    """A prompt of about `tokens` tokens for `word_tokenizer`, different per seed."""
    dice = torch.Generator().manual_seed(seed)
    numbers = torch.randint(2, 500, (tokens,), generator=dice).tolist()
    content = " ".join(f"w{number}" for number in numbers)
    return Prompt(({"role": "user", "content": content},))


def text_prompt(engine: Engine, tokens: int, seed: int) -> Prompt:
    """A prompt of about `tokens` tokens of real words, for a real tokenizer."""
    line = "Mara walked down to the river, and Tobi sang an old song to her. "
    story = f"Story {seed}. "
    while engine.count(story) < tokens:
        story += line
    return Prompt(({"role": "user", "content": story},))


# -- how to measure


def generate_first(
    model: PreTrainedModel, ids: Tensor, clock: Clock = time.perf_counter
) -> float:
    """Seconds to the first token of a static batch `ids` [batch, tokens]."""
    return generate_static(model, ids, 1, clock).seconds


def generate_static(
    model: PreTrainedModel, ids: Tensor, new: int, clock: Clock = time.perf_counter
) -> Run:
    """`model.generate` of a static batch, `new` tokens each."""
    options: dict[str, Any] = {"do_sample": False, "pad_token_id": 0}
    began = clock()
    with torch.inference_mode():
        model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=new,
            min_new_tokens=new,
            **options,
        )
    seconds = clock() - began
    return Run([seconds] * len(ids), seconds, len(ids) * new)


def continuous(
    model: PreTrainedModel, ids: Tensor, new: int, clock: Clock = time.perf_counter
) -> Run:
    """transformers' continuous batching, `new` tokens each."""
    blocks = 2 * len(ids) * (ids.shape[1] + new) // 256 + 8
    settings = ContinuousBatchingConfig(
        page_size=256, num_blocks=blocks, max_batch_tokens=1024
    )
    generation = GenerationConfig(
        max_new_tokens=new, do_sample=False, eos_token_id=-1, pad_token_id=0
    )
    with torch.inference_mode():
        manager = model.init_continuous_batching(
            generation_config=generation, continuous_batching_config=settings
        )
        manager.start()
        try:
            return _collect(manager, ids, new, clock)
        finally:
            manager.stop(block=True)


def _collect(manager: Any, ids: Tensor, new: int, clock: Clock) -> Run:
    first: dict[str, float] = {}
    tokens = 0
    began = clock()
    for prompt in ids.tolist():
        manager.add_request(prompt, max_new_tokens=new, streaming=True)
    open_requests = len(ids)
    while open_requests:
        result = manager.get_result(timeout=60)
        if result is None:
            raise RuntimeError("continuous batching went silent")
        now = clock() - began
        first.setdefault(result.request_id, now)
        if result.is_finished():
            open_requests -= 1
            tokens += len(result.generated_tokens)
    return Run(list(first.values()), clock() - began, tokens)


def engine_run(
    engine: Engine,
    prompts: Sequence[Prompt],
    new: int,
    clock: Clock = time.perf_counter,
    voices: Sequence[AdapterRef] = (),
) -> Run:
    """All `prompts` asked of an engine at once, one thread each, as callers do.

    `voices`: one for each prompt, or none at all.
    """
    firsts: list[float] = [0.0] * len(prompts)
    tokens = [0] * len(prompts)
    began = clock()

    def write(index: int) -> None:
        sampling = Sampling(max_tokens=new, seed=index)
        mine = voices[index : index + 1]
        for piece in engine.generate(prompts[index], sampling, mine):
            if piece.tokens and not firsts[index]:
                firsts[index] = clock() - began
            tokens[index] = piece.tokens

    callers = [
        threading.Thread(target=write, args=(index,)) for index in range(len(prompts))
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return Run(firsts, clock() - began, sum(tokens))


# -- what it comes to


def compare(
    shape: str,
    *,
    rounds: int = 3,
    tokens: int = 700,
    new: int = 48,
    many: int = 8,
    threads: int = 1,
    device: str = "cpu",
    clock: Clock = time.perf_counter,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Measure a shape, or the model folder of that name, and return the figures.

    Everything is measured in every round, so that a busy machine slows all alike;
    ratios are taken within a round and the median over rounds is told.
    """
    torch.set_num_threads(pick_threads(threads))
    bare, _ = open_shape(shape, device)  # the engine lays its own out anew
    model, tokenizer = open_shape(shape, device)
    engine = LocalEngine(
        model,
        tokenizer,
        name=shape,
        max_batch=many,
        ends=frozenset(),  # every passage as long as the yardstick's
    )
    prompts = [
        words_prompt(tokens, seed) if shape in SHAPES
        else text_prompt(engine, tokens, seed)
        for seed in range(many)
    ]  # fmt: skip
    encoded = [engine.encode(prompt) for prompt in prompts]
    width = min(len(ids) for ids in encoded)
    ids = torch.tensor([ids[:width] for ids in encoded], device=model.device)
    rounds_of: list[dict[str, float]] = []
    try:
        for number in range(rounds + 1):
            say(f"round {number} of {rounds}" if number else "warming up")
            measured = measure_round(bare, engine, prompts, ids, new, clock)
            if number:
                rounds_of.append(measured)
        say("transformers' continuous batching, once")
        theirs = continuous(bare, ids, new, clock)
    finally:
        engine.close()
    return {
        "shape": shape, "prompt_tokens": width, "new_tokens": new, "rounds": rounds,
        "many": many, "threads": torch.get_num_threads(), "device": str(model.device),
        **summary(rounds_of),
        "many_first_continuous_p95_s": round(p95(theirs.first), 4),
        "many_rate_continuous": round(theirs.rate, 4),
    }  # fmt: skip


def measure_round(
    bare: PreTrainedModel,
    engine: Engine,
    prompts: Sequence[Prompt],
    ids: Tensor,
    new: int,
    clock: Clock = time.perf_counter,
) -> dict[str, float]:
    """Seconds, each next to what it is compared with."""
    one_first_generate = generate_first(bare, ids[:1], clock)
    one = engine_run(engine, prompts[:1], new, clock)
    one_generate = generate_static(bare, ids[:1], new, clock)
    many_first_static = generate_first(bare, ids, clock)
    many = engine_run(engine, prompts, new, clock)
    many_static = generate_static(bare, ids, new, clock)
    return {
        "one_first_engine_s": one.first[0],
        "one_first_generate_s": one_first_generate,
        "one_all_engine_s": one.seconds,
        "one_all_generate_s": one_generate.seconds,
        "many_first_engine_median_s": statistics.median(many.first),
        "many_first_engine_p95_s": p95(many.first),
        "many_first_static_s": many_first_static,
        "many_all_engine_s": many.seconds,
        "many_all_static_s": many_static.seconds,
        "many_rate_engine": many.rate,
        "many_rate_static": many_static.rate,
    }


#: What is promised, as (name, ours over theirs): seconds or tokens per second.
RATIOS = {
    "one_first_ratio": ("one_first_engine_s", "one_first_generate_s"),
    "one_all_ratio": ("one_all_engine_s", "one_all_generate_s"),
    "many_first_p95_ratio": ("many_first_engine_p95_s", "many_first_static_s"),
    "many_rate_ratio": ("many_rate_engine", "many_rate_static"),
}


def summary(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """Medians over the rounds; each ratio also of the best rounds of both sides.

    A busy machine disturbs a median less than a mean, and the best least of all.
    """
    figures = {key: _median(row[key] for row in rounds) for key in rounds[0]}
    for name, (ours, theirs) in RATIOS.items():
        best = max if "rate" in name else min
        figures[name] = _median(row[ours] / row[theirs] for row in rounds)
        figures[f"{name}_of_best"] = round(
            best(row[ours] for row in rounds) / best(row[theirs] for row in rounds), 4
        )
    return figures


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 4)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile; of few values, the largest."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
