"""Write a folder that `from_pretrained` opens: fp16 weights, tokenizer, template."""

import json
import os
import tempfile
from pathlib import Path

import torch

from training.seedling.recipe import Recipe
from training.seedling.tokenizer import END, PAD, chat_tokenizer

# chosen by `read_seedling` sweeps; the numbers are in MODEL_CARD.md
DECODING = {
    "do_sample": True,
    "temperature": 0.5,
    "top_p": 0.9,
    "max_new_tokens": 220,
    # ours: see training/engine/local/steering.py
    "name_bias": 1.0,
    "wanted_bias": 4.5,
}


def new_model(recipe: Recipe):
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(recipe.seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=recipe.vocabulary,
            hidden_size=recipe.width,
            intermediate_size=recipe.feed_forward,
            num_hidden_layers=recipe.layers,
            num_attention_heads=recipe.heads,
            num_key_value_heads=recipe.key_value_heads,
            max_position_embeddings=recipe.context,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=1,
            pad_token_id=0,
            attn_implementation="sdpa",
        )
    )
    if recipe.dropout:
        forgets(model, recipe.dropout)
    return model


def forgets(model, share: float) -> None:
    """Dropout on what each layer adds; Llama has none of its own."""

    def drop(module, _inputs, added):
        return torch.nn.functional.dropout(added, share, module.training)

    for layer in model.model.layers:
        layer.self_attn.o_proj.register_forward_hook(drop)
        layer.mlp.down_proj.register_forward_hook(drop)


def export(model, tokenizer, recipe: Recipe, folder: Path) -> None:
    """Each file is renamed into place, so a reader never sees half of one."""
    from transformers import GenerationConfig, LlamaForCausalLM

    folder.mkdir(parents=True, exist_ok=True)
    chat = chat_tokenizer(tokenizer, recipe.context)
    ends = {"eos_token_id": tokenizer.token_to_id(END)}
    ends["pad_token_id"] = tokenizer.token_to_id(PAD)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        half = LlamaForCausalLM(model.config).half()
        half.load_state_dict(model.state_dict())
        half.generation_config = GenerationConfig(**DECODING, **ends)
        half.save_pretrained(temporary)
        chat.save_pretrained(temporary)
        for path in sorted(Path(temporary).iterdir()):
            path.chmod(0o644)
            os.replace(path, folder / path.name)


def export_checkpoint(checkpoint: Path, tokenizer_file: Path, folder: Path) -> None:
    from tokenizers import Tokenizer

    state = torch.load(checkpoint, weights_only=True)
    recipe = Recipe(**json.loads(state["recipe"]))
    model = new_model(recipe)
    model.load_state_dict(state["model"])
    export(model, Tokenizer.from_file(str(tokenizer_file)), recipe, folder)
