"""The seedling's own byte-level BPE and chat template."""

from collections.abc import Iterable

PAD, END = "<|pad|>", "<|end|>"
SYSTEM, USER, ASSISTANT = "<|system|>", "<|user|>", "<|assistant|>"
SPECIAL = [PAD, END, SYSTEM, USER, ASSISTANT]

# Everything up to the first blank line of the system message is the preface for
# instruct models; the seedling was never taught it and must not read it.
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- if message.role == 'system' -%}"
    "{%- set parts = message.content.split('\\n\\n', 1) -%}"
    "{%- set header = parts[-1].strip() -%}"
    "{%- if header -%}{{ '<|system|>' + header + '\\n' }}{%- endif -%}"
    "{%- elif message.role == 'user' -%}"
    "{{ '<|user|>' + message.content.strip() + '\\n' }}"
    "{%- elif message.role == 'assistant' -%}"
    "{{ '<|assistant|>' }}"
    "{% generation %}{{ message.content + '<|end|>' }}{% endgeneration %}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|assistant|>' }}{%- endif -%}"
)


def train_tokenizer(texts: Iterable[str], vocabulary: int):
    """Any text round-trips: the alphabet is all 256 bytes, so nothing is unknown."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def chat_tokenizer(tokenizer, context: int):
    """The same tokenizer as transformers loads it, with roles and template."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=[SYSTEM, USER, ASSISTANT],
        chat_template=CHAT_TEMPLATE,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )


def rendered(messages: list[dict[str, str]]) -> list[tuple[str, bool]]:
    """The template's text in spans; True where the assistant speaks for itself.

    What is "given" a person wrote, as the editor shows it to the model: to be gone on
    with, and not what a header is to be answered with.

    Rendering half a million messages through Jinja is slow, so training uses this;
    a test holds it equal to the template.
    """
    spans: list[tuple[str, bool]] = []
    for message in messages:
        content = message["content"]
        if message["role"] == "system":
            header = content.split("\n\n", 1)[-1].strip()
            if header:
                spans.append((f"{SYSTEM}{header}\n", False))
        elif message["role"] == "user":
            spans.append((f"{USER}{content.strip()}\n{ASSISTANT}", False))
        else:
            spans.append((f"{content}{END}", "given" not in message))
    return spans
