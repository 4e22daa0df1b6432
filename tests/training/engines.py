"""Tiny models and a tokenizer for the engine's contract, built on the spot."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    LlamaConfig,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
)

from training.engine import Prompt

SPECIALS = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
VOCABULARY = 320
CORPUS = ["Once upon a time Mara walked to the river, and Tobi sang to her."] * 20
TEMPLATE = (
    "{% for m in messages %}"
    "{% if m.role == 'assistant' %}<|assistant|>{{ m.content }}<|end|>"
    "{% else %}<|{{ m.role }}|>{{ m.content }}\n{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
WORDS = ["river", "mara", "tobi", "sang", "walked", "once", "time"]
SHAPES = ["llama", "qwen2", "gpt2"]


def tiny_tokenizer(template: str | None = TEMPLATE) -> PreTrainedTokenizerFast:
    """Bytes and a few merges: an emoji takes several tokens, as in large models."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIALS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<|pad|>",
        eos_token="<|end|>",
        additional_special_tokens=SPECIALS[2:],
    )
    fast.chat_template = template
    return fast


def tiny_model(shape: str) -> PreTrainedModel:
    """Random weights, large enough that its greedy text is not one word forever."""
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(tiny_config(shape))
    with torch.no_grad():  # a random model should not end at once
        model.get_output_embeddings().weight[: len(SPECIALS)] *= 0.1
    return model.eval().requires_grad_(False)


def tiny_config(shape: str) -> PreTrainedConfig:
    common: dict[str, Any] = {
        "vocab_size": VOCABULARY,
        "initializer_range": 0.3,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "bos_token_id": None,
    }
    if shape == "gpt2":
        return GPT2Config(n_embd=32, n_layer=2, n_head=4, n_positions=256, **common)
    kind = {"llama": LlamaConfig, "qwen2": Qwen2Config}[shape]
    return kind(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        **common,
    )


def save_tiny(folder: Path, shape: str = "llama") -> Path:
    tiny_model(shape).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def ask(direction: str = "Tone: hopeful", header: str = "Names: Mara") -> Prompt:
    return Prompt(
        (
            {"role": "system", "content": f"Preface.\n\n{header}"},
            {"role": "user", "content": direction},
        )
    )
