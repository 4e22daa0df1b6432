"""Load a causal language model and its tokenizer, safely and with clear errors; or
write it in 4 bits, for such a load."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from training.engine.base import EngineError

#: A prompt longer than this takes minutes on a CPU, whatever the model allows.
DEFAULT_CONTEXT = 4096


def load(source: str, device: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The model, ready for inference, and its tokenizer.

    `source` is a Hugging Face id or a folder. Only safetensors weights are read, and
    no code that comes with a model is run. One that was saved in 4 bits (see
    `quantize`) stays so. Raises EngineError.
    """
    where = pick_device(device)
    source = found(source)
    config, tokenizer, model = opened(source, where)
    model.requires_grad_(False)
    if is_quantized(config):
        return as_here(model.eval()), tokenizer
    return model.eval().to(where), tokenizer


def found(source: str) -> str:
    """The same, with a folder looked at and its `~` spelled out."""
    if not looks_like_folder(source):
        return source
    folder = Path(source).expanduser()
    check_folder(folder)
    return str(folder)


def opened(
    source: str, where: torch.device, **options: Any
) -> tuple[PreTrainedConfig, PreTrainedTokenizerBase, PreTrainedModel]:
    """Raises EngineError where anything is missing. `options`: how to quantise it."""
    logging.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(source, trust_remote_code=False)
        tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        quantized = is_quantized(config)
        if options and quantized:
            raise EngineError("This model is quantised already.")
        if options or quantized:  # such weights cannot be moved later
            options["device_map"] = {"": where}
        model, report = AutoModelForCausalLM.from_pretrained(
            source,
            config=config,
            dtype=pick_dtype(where),
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            **options,
        )
    except EngineError:
        raise
    except Exception as error:  # a broken folder can provoke anything
        raise EngineError(
            f"The language model “{source}” could not be loaded. It must be a causal "
            "language model with a tokenizer and safetensors weights, in a folder or "
            "within reach on the Hugging Face hub."
        ) from error
    if report["missing_keys"] or report["mismatched_keys"]:
        raise EngineError(  # transformers would fill the gaps with random numbers
            f"The language model “{source}” lacks some of its weights."
        )
    return config, tokenizer, model


def is_quantized(config: PreTrainedConfig) -> bool:
    return getattr(config, "quantization_config", None) is not None


def as_here(model: PreTrainedModel) -> PreTrainedModel:
    """A model in 4 bits, computing as this machine does and not the one it is from.

    On processors with bfloat16 bitsandbytes would pack it anew when it first speaks,
    and nothing could be learnt through it from then on.
    """
    from bitsandbytes.nn import Linear4bit  # slow to import, and seldom needed

    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.support_avx512bf16_for_cpu = False
            module.compute_dtype = model.dtype
    return model


def quantize(source: str, folder: Path) -> None:
    """Write a model in 4 bits a weight, for learning and writing with a large one.

    NF4 with the scales quantised too, as in QLoRA (Dettmers et al. 2023); embeddings
    and output stay whole. By way of bitsandbytes. Raises EngineError.
    """
    small = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True
    )
    where = pick_device("auto")
    _, tokenizer, model = opened(found(source), where, quantization_config=small)
    part = folder.with_name(f"{folder.name}.part")
    model.save_pretrained(part)
    tokenizer.save_pretrained(part)
    part.rename(folder)


def pick_device(device: str) -> torch.device:
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device not in ("cpu", "cuda"):
        raise EngineError(f"The device must be auto, cpu or cuda, not “{device}”.")
    if device == "cuda" and not torch.cuda.is_available():
        raise EngineError("A GPU was asked for, but this machine offers none.")
    return torch.device(device)


def pick_dtype(device: torch.device) -> torch.dtype:
    """Half the memory on a GPU; full precision on a CPU, where halves are slow."""
    if device.type == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


@cache
def half_pays(device: str) -> bool:
    """Whether learning is quicker with matrices multiplied in bfloat16: on a GPU, and
    on processors that have instructions for it (half the time a step; on others it
    takes far more). The weights stay as they are."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


def pick_threads(threads: int) -> int:
    """`threads`, or for 0 all physical cores this process may use but one.

    One core is left to the web server and whatever else runs: torch's threads wait
    for each other, so a single core that is busy elsewhere slows all of them.
    """
    if threads > 0:
        return threads
    cores = min(torch.get_num_threads(), len(os.sched_getaffinity(0)))
    return max(1, cores - 1)


def context_of(model: PreTrainedModel, wanted: int | None) -> int:
    """Tokens of prompt and passage together: the model's own, bounded."""
    config = model.config.get_text_config()
    own = getattr(config, "max_position_embeddings", None) or DEFAULT_CONTEXT
    return min(own, wanted or DEFAULT_CONTEXT)


def name_of(source: str) -> str:
    """What people are told the model is called: the last telling part of its path."""
    if not looks_like_folder(source):
        return source
    folder = Path(source).expanduser().resolve()
    return folder.parent.name if folder.name in ("model", "weights") else folder.name


def looks_like_folder(source: str) -> bool:
    return source.startswith((".", "/", "~")) or Path(source).is_dir()


def check_folder(folder: Path) -> None:
    """Say in one sentence what keeps `folder` from being a model, if anything."""
    if not folder.is_dir():
        raise EngineError(f"There is no model folder “{folder}”.")
    names = {path.name for path in folder.iterdir()}
    if "config.json" not in names:
        raise EngineError(f"The folder “{folder}” holds no model: no config.json.")
    if not any(name.endswith(".safetensors") for name in names):
        raise EngineError(
            f"The model in “{folder}” has no safetensors weights. Weights in pickle "
            "files can run code when opened, so they are not loaded: convert them."
        )
    if not names & {"tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model"}:
        raise EngineError(f"The model in “{folder}” has no tokenizer.")


def end_tokens(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> frozenset[int]:
    """Tokens after which a passage is over: the model's, and every control token.

    A model that opens somebody else's turn has finished its own.
    """
    ends = model.generation_config.eos_token_id
    found = set(ends if isinstance(ends, list) else [ends])
    found |= {tokenizer.eos_token_id, *tokenizer.all_special_ids}
    return frozenset(token for token in found if token is not None)
