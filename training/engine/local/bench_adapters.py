"""What many voices at once cost, beside the bare model and beside PEFT, in one run.

The bound is what memory alone allows: every step reads the model once, and each voice
once more.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor
from transformers import PreTrainedModel

from training.engine.base import AdapterRef, Prompt
from training.engine.local import bench
from training.engine.local.adapters import fingerprint, publish
from training.engine.local.bench import Clock
from training.engine.local.engine import LocalEngine
from training.engine.local.fit import config_of, tensors_of
from training.engine.local.model import pick_threads

PROMISED = {
    "share_of_bound": (">=", 0.9),
    "over_peft": (">=", 2.0),
    "cold_ms": ("<=", 15.0),
}


def measure(
    shape: str,
    rank: int,
    *,
    users: int = 8,
    rounds: int = 3,
    tokens: int = 64,
    new: int = 120,
    threads: int = 1,
    device: str = "cpu",
    clock: Clock = time.perf_counter,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Figures of one shape and rank; medians over rounds, ratios within a round."""
    torch.set_num_threads(pick_threads(threads))
    with tempfile.TemporaryDirectory(prefix="storyloom-bench-") as home:
        model, tokenizer = bench.open_shape(shape, device)
        say(f"{shape}, rank {rank}: making {users + 1} voices")
        folders = make_voices(model, rank, Path(home), users + 1)
        bare, _ = bench.open_shape(shape, device)  # the engine lays its own out anew
        model, tokenizer = bench.open_shape(shape, device)
        engine = LocalEngine(
            model, tokenizer, name=shape, max_batch=users, ends=frozenset()
        )
        with closing(engine):
            prompts = prompts_for(engine, shape, users, tokens)
            rows = []
            for number in range(rounds + 1):
                say(f"round {number} of {rounds}" if number else "warming up")
                row = one_round(bare, engine, prompts, folders, new, clock)
                rows.append(row)
            cold = cold_start(engine, prompts[0], folders, clock)
            ids = batch_of(engine, prompts)
        theirs = peft_rate(bare, folders[:users], ids, new, rounds, clock)
        found = figures(model, folders[0], users, rows[1:], cold, theirs)
    return found | {
        "shape": shape, "rank": rank, "users": users, "new_tokens": new,
        "threads": torch.get_num_threads(), "device": device,
    }  # fmt: skip


def make_voices(
    model: PreTrainedModel, rank: int, home: Path, count: int
) -> list[AdapterRef]:
    """Random voices: how fast they speak does not depend on what they say."""
    base = fingerprint(model)
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear")
    voice = get_peft_model(model, config)
    refs = []
    for number in range(count):
        dice = torch.Generator().manual_seed(number)
        tensors = {
            name: 0.01 * torch.randn(tensor.shape, generator=dice)
            for name, tensor in tensors_of(voice).items()
        }
        publish(home / str(number), tensors, config_of(voice, "bench"), base)
        refs.append(AdapterRef(str(home / str(number))))
    return refs


def prompts_for(
    engine: LocalEngine, shape: str, users: int, tokens: int
) -> list[Prompt]:
    if shape in bench.SHAPES:
        return [bench.words_prompt(tokens, seed) for seed in range(users)]
    return [bench.text_prompt(engine, tokens, seed) for seed in range(users)]


def batch_of(engine: LocalEngine, prompts: Sequence[Prompt]) -> Tensor:
    encoded = [engine.encode(prompt) for prompt in prompts]
    width = min(map(len, encoded))
    return torch.tensor([ids[:width] for ids in encoded], device=engine.model.device)


def one_round(
    bare: PreTrainedModel,
    engine: LocalEngine,
    prompts: Sequence[Prompt],
    voices: Sequence[AdapterRef],
    new: int,
    clock: Clock,
) -> dict[str, float]:
    static = bench.generate_static(bare, batch_of(engine, prompts), new, clock)
    plain = bench.engine_run(engine, prompts, new, clock)
    spoken = bench.engine_run(engine, prompts, new, clock, voices[: len(prompts)])
    return {
        "static_rate": static.rate,
        "plain_rate": plain.rate,
        "voices_rate": spoken.rate,
        "plain_first_p95_s": bench.p95(plain.first),
        "voices_first_p95_s": bench.p95(spoken.first),
    }


def cold_start(
    engine: LocalEngine, prompt: Prompt, voices: Sequence[AdapterRef], clock: Clock
) -> float:
    """Milliseconds that a voice's first use takes longer than its second."""
    longer = []
    for voice in (voices[-1], *voices[:4]):
        engine.forget(voice)
        cold = bench.engine_run(engine, [prompt], 1, clock, [voice]).first[0]
        again = [
            bench.engine_run(engine, [prompt], 1, clock, [voice]).first[0]
            for _ in range(3)
        ]
        longer.append(1000 * (cold - statistics.median(again)))
    return statistics.median(longer)


def peft_rate(
    model: PreTrainedModel,
    voices: Sequence[AdapterRef],
    ids: Tensor,
    new: int,
    rounds: int,
    clock: Clock,
) -> float:
    """Tokens a second of PEFT's own mixed batch, which cannot stream."""
    names = [f"u{number}x" for number in range(len(voices))]
    mixed = PeftModel.from_pretrained(model, voices[0].path, adapter_name=names[0])
    for name, voice in zip(names[1:], voices[1:], strict=True):
        mixed.load_adapter(voice.path, adapter_name=name)
    mixed.eval()
    found = []
    for _ in range(rounds + 1):
        began = clock()
        with torch.inference_mode():
            mixed.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                adapter_names=names,
                max_new_tokens=new,
                min_new_tokens=new,
                do_sample=False,
                pad_token_id=0,
            )
        found.append(ids.shape[0] * new / (clock() - began))
    return statistics.median(found[1:])


def figures(
    model: PreTrainedModel,
    voice: AdapterRef,
    users: int,
    rows: Sequence[dict[str, float]],
    cold: float,
    theirs: float,
) -> dict[str, Any]:
    def median(values: Sequence[float]) -> float:
        return round(statistics.median(values), 4)

    mine = (Path(voice.path) / "adapter_model.safetensors").stat().st_size
    whole = sum(p.numel() * p.element_size() for p in model.parameters())
    bound = whole / (whole + users * mine)
    found: dict[str, Any] = {key: median([row[key] for row in rows]) for key in rows[0]}
    share = median([row["voices_rate"] / row["plain_rate"] for row in rows])
    return found | {
        "peft_rate": round(theirs, 4),
        "voices_over_plain": share,
        "bound": round(bound, 4),
        "share_of_bound": round(share / bound, 4),
        "over_peft": median([row["voices_rate"] / theirs for row in rows]),
        "cold_ms": round(cold, 2),
        "adapter_mb": round(mine / 2**20, 2),
    }
