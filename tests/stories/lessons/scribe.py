"""A quick engine for lessons: whole, harmless sentences, different by seed."""

import random
import re
import threading

from training.engine import EngineError, Piece

ENDS = (
    "smiled at the small house by the river.",
    "went home slowly in the evening light.",
    "was happy to see the morning again.",
    "found a warm place under the old tree.",
    "ran along the path to the garden.",
    "heard a soft song behind the wall.",
    "waited until the rain was over.",
    "gave some bread to the grey bird.",
    "walked past the mill to the market.",
    "thought about the blue boat for a while.",
)
WHOLE = "{name} {end}"


class Scribe:
    """Obeys words in a goal: FAILNOW, RUDENOW, MUTENOW; waits while `gate` is shut."""

    name = "scribe"
    context = 4096

    def __init__(self):
        self.prompts = []
        self.adapters = []
        self.gate = threading.Event()
        self.gate.set()

    def count(self, text):
        return len(text.split())

    def length(self, prompt):
        return sum(self.count(message["content"]) for message in prompt.messages)

    def generate(self, prompt, sampling, adapters=()):
        self.prompts.append(prompt)
        self.adapters.append(tuple(adapters))
        said = "\n".join(message["content"] for message in prompt.messages)
        while not self.gate.wait(0.05):
            yield Piece("")
        if "FAILNOW" in said:
            raise EngineError("The language model failed, as it was asked to.")
        dice = random.Random(f"{sampling.seed} {len(said)}")
        end = dice.choice(ENDS)
        if "MUTENOW" in said:
            return
        if "RUDENOW" in said:
            end = end.replace(".", " and was stupid.")
        last = prompt.messages[-1]
        is_stem = last["role"] == "assistant" and not re.search(
            r"[.!?][\"”]?\s*$", last["content"]
        )
        hero = re.search(r"Names: (\S+)", said)
        text = (
            end if is_stem else WHOLE.format(name=hero[1] if hero else "She", end=end)
        )
        for word in text.split(" "):
            yield Piece(word + " ")
        yield Piece("Then it was night.", finish="end")

    def close(self):
        pass
