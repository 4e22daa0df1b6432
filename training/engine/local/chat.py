"""From chat messages to the token ids a model reads."""

import re
import threading
from collections.abc import Sequence
from functools import cached_property

import torch
from jinja2.exceptions import TemplateError
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from training.engine.base import EngineError, Message, Prompt

#: What is asked when nothing is asked.
CONTINUE = "Continue."
#: How the tokens of byte-level and SentencePiece vocabularies spell a space or line.
_WORD_STARTS = ("Ġ", "Ċ", "▁", " ", "\n")


class Chat:
    """Renders prompts for one tokenizer. Safe to use from many threads."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer
        self._lock = threading.Lock()  # a fast tokenizer may be borrowed only once
        self._control = control_strings(tokenizer)
        # The first call may change a tokenizer's settings (a saved truncation is
        # switched off), which must not happen while another thread decodes.
        self._ids("", special=False)
        self._has_template = bool(tokenizer.chat_template)
        self._takes_system = self._has_template and self._shows_system()

    def count(self, text: str) -> int:
        """Tokens in a plain text, special tokens not included."""
        return len(self._ids(self.clean(text), special=False))

    def encode(self, prompt: Prompt) -> list[int]:
        """Token ids of the rendered prompt; at least one."""
        messages = alternating(
            [
                {"role": message["role"], "content": self.clean(message["content"])}
                for message in prompt.messages
            ]
        )
        if ends_in_space(prompt):
            messages[-1]["content"] = messages[-1]["content"].rstrip(" ")
        if self._has_template:
            return self._ids(self._render(messages), special=False)
        ids = self._ids(plain_text(messages), special=True)
        return ids or [self._first_id()]

    def details(self, prompt: Prompt, size: int) -> int:
        """About how many of a prompt's `size` tokens come before any story."""
        if not prompt.messages or prompt.messages[0]["role"] != "system":
            return 0
        return max(0, size - sum(self.count(m["content"]) for m in prompt.messages[1:]))

    def decode(self, ids: list[int]) -> str:
        return self._tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )

    @cached_property
    def word_starts(self) -> Tensor:
        """Which tokens begin a new word or line: booleans [tokens]."""
        count = len(self._tokenizer)
        tokens = self._tokenizer.convert_ids_to_tokens(list(range(count)))
        return torch.tensor([str(token).startswith(_WORD_STARTS) for token in tokens])

    @cached_property
    def inside_words(self) -> Tensor:
        """Which tokens lengthen the word before them: booleans [tokens]."""
        count = len(self._tokenizer)
        tokens = self._tokenizer.convert_ids_to_tokens(list(range(count)))
        return torch.tensor(
            [
                str(token)[:1].isalpha() and not str(token).startswith(_WORD_STARTS)
                for token in tokens
            ]
        )

    @cached_property
    def _words(self) -> set[str]:
        """What the words of the vocabulary begin with, in small letters."""
        known = self._tokenizer.get_vocab()
        words = (token[1:] for token in known if token.startswith(("Ġ", "▁")))
        words = (word for word in words if word.isalpha() and word.islower())
        return {word[:size] for word in words for size in range(2, len(word) + 1)}

    def usual(self, tokens: Sequence[int]) -> bool:
        """Whether a usual word begins with these tokens, as "For" does in two."""
        return self.decode(list(tokens)).strip().lower() in self._words

    @cached_property
    def _controls(self) -> frozenset[int]:
        added = self._tokenizer.added_tokens_decoder.items()
        return frozenset(number for number, token in added if token.special)

    def noted(self, prompt: Prompt, ids: Sequence[int]) -> int:
        """How many of a prompt's tokens its system message takes, if it has one."""
        if not prompt.messages or prompt.messages[0]["role"] != "system":
            return 0
        ends = (at for at in range(1, len(ids)) if ids[at] in self._controls)
        return next(ends, 0)

    def ids(self, text: str) -> list[int]:
        """The tokens of a plain text, as a passage is made of."""
        return self._ids(self.clean(text), special=False)

    def spell(self, name: str) -> list[int]:
        """The tokens of a name inside a sentence, that is, after a space."""
        return self._ids(f" {self.clean(name).strip()}", special=False)

    def clean(self, text: str) -> str:
        """`text` without any string the tokenizer would read as a control token.

        Repeated until nothing changes: removing one must not make another.
        """
        while self._control and self._control.search(text):
            text = self._control.sub("", text)
        return text

    def _render(self, messages: list[Message]) -> str:
        if not self._takes_system:
            messages = fold_system(messages)
        is_open = messages[-1]["role"] == "assistant"
        try:
            with self._lock:
                return self._tokenizer.apply_chat_template(
                    messages,
                    tokenize=False,
                    add_generation_prompt=not is_open,
                    continue_final_message=is_open,
                    # For templates that know it: a story, not thoughts about one.
                    enable_thinking=False,
                )
        except (TemplateError, ValueError, TypeError):
            # The error quotes the conversation, so it must not be passed on.
            raise EngineError("The model's chat template refused the story.") from None

    def _shows_system(self) -> bool:
        """Whether the template accepts a system message, and does not swallow it."""
        probe = "Title: Probe"
        messages = [
            {"role": "system", "content": f"Preface.\n\n{probe}"},
            {"role": "user", "content": CONTINUE},
        ]
        try:
            shown = self._tokenizer.apply_chat_template(messages, tokenize=False)
        except (TemplateError, ValueError, TypeError):
            return False
        return probe in shown

    def _ids(self, text: str, *, special: bool) -> list[int]:
        with self._lock:
            encoded = self._tokenizer(text, add_special_tokens=special, verbose=False)
        return list(encoded["input_ids"])

    def _first_id(self) -> int:
        """A token to begin with when there is no text at all."""
        for token in (self._tokenizer.bos_token_id, self._tokenizer.eos_token_id):
            if token is not None:
                return int(token)
        return 0


def ends_in_space(prompt: Prompt) -> bool:
    """Whether an open passage ends in a space, that is, after a whole word."""
    return (
        prompt.is_open
        and prompt.messages[-1]["content"].endswith(" ")
        and bool(prompt.messages[-1]["content"].strip())
    )


def control_strings(tokenizer: PreTrainedTokenizerBase) -> re.Pattern[str] | None:
    """Matches what only a template may write: special tokens, and `<like_this>` ones.

    Added tokens that are ordinary text (runs of spaces, say) are left alone.
    """
    added = tokenizer.added_tokens_decoder.values()
    strings = {token.content for token in added if token.special}
    strings |= {
        token.content for token in added if re.fullmatch(r"<\S+>", token.content)
    }
    strings |= set(tokenizer.all_special_tokens)
    longest_first = sorted(filter(str.strip, strings), key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile("|".join(map(re.escape, longest_first)))


def alternating(messages: Sequence[Message]) -> list[Message]:
    """One system message at most, first; then user and assistant strictly by turns.

    Chat templates insist on it. Neighbours of one role are joined, an answer to
    nothing is given a question, and an empty beginning is no beginning.
    """
    system = [m["content"] for m in messages if m["role"] == "system"]
    turns: list[Message] = []
    for message in (m for m in messages if m["role"] != "system"):
        role, content = message["role"], message["content"]
        if turns and turns[-1]["role"] == role:
            joined = f"{turns[-1]['content']}\n\n{content}".strip("\n")
            turns[-1] = {"role": role, "content": joined}
        elif role == "user" or content.strip():
            if role == "assistant" and not turns:
                turns.append({"role": "user", "content": CONTINUE})
            turns.append({"role": role, "content": content})
    if not turns:
        turns.append({"role": "user", "content": CONTINUE})
    for turn in turns:
        if turn["role"] == "user" and not turn["content"].strip():
            turn["content"] = CONTINUE
    header = "\n\n".join(filter(str.strip, system))
    if not header:
        return turns
    return [{"role": "system", "content": header}, *turns]


def fold_system(messages: list[Message]) -> list[Message]:
    """For templates without a system role: its content opens the first question."""
    if messages[0]["role"] != "system":
        return messages
    system, first, *rest = messages
    content = f"{system['content']}\n\n{first['content']}"
    return [{"role": "user", "content": content}, *rest]


def plain_text(messages: list[Message]) -> str:
    """For models without a chat template: the header, what is asked, the story.

    The preface (up to the first blank line of the system message) speaks to a model
    that follows instructions; this one only continues text.
    """
    header: list[str] = []
    story: list[str] = []
    for message in messages:
        content = message["content"]
        if message["role"] == "system":
            header.append(content.partition("\n\n")[2] or content)
        elif message["role"] == "assistant":
            story.append(content)
    asked = messages[-1] if messages[-1]["role"] == "user" else messages[-2]
    if asked["content"] != CONTINUE:
        header.append(asked["content"])
    opening = "" if messages[-1]["role"] == "assistant" else "\n\n"
    parts = "\n\n".join(filter(None, ["\n".join(header), *story]))
    return parts + opening if parts else ""
