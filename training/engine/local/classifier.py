"""A Hugging Face classifier in the guide's place: emotions of sentences as tones.

Anything with emotion or sentiment labels we know can be used; safetensors only, no
code that comes with it is run. It is slower and often hears more than the guide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

from training.engine.base import EngineError
from training.engine.guide.measure import NOT_MEASURED, PassageReading, Reading
from training.engine.guide.sentences import split_sentences
from training.engine.guide.tones import Tone, read_tones
from training.engine.local.model import check_folder, looks_like_folder

#: Where labels lie on valence and energy, and the tone each stands for, if any.
LABELS: dict[str, tuple[float, float, str]] = {
    "joy": (0.8, 0.5, "joyful"),
    "amusement": (0.7, 0.5, "joyful"),
    "excitement": (0.7, 0.8, "joyful"),
    "happiness": (0.8, 0.4, "joyful"),
    "love": (0.7, -0.2, "tender"),
    "caring": (0.5, -0.3, "tender"),
    "gratitude": (0.6, -0.1, "tender"),
    "trust": (0.5, -0.2, "tender"),
    "optimism": (0.5, 0.2, "hopeful"),
    "desire": (0.3, 0.3, "hopeful"),
    "anticipation": (0.2, 0.3, "hopeful"),
    "relief": (0.4, -0.2, "hopeful"),
    "nostalgia": (-0.1, -0.5, "wistful"),
    "longing": (-0.2, -0.4, "wistful"),
    "sadness": (-0.7, -0.4, "sad"),
    "grief": (-0.8, -0.3, "sad"),
    "remorse": (-0.6, -0.3, "sad"),
    "disappointment": (-0.5, -0.2, "sad"),
    "fear": (-0.6, 0.6, "tense"),
    "nervousness": (-0.5, 0.5, "tense"),
    "anger": (-0.7, 0.6, "tense"),
    "annoyance": (-0.5, 0.3, "tense"),
    "disgust": (-0.6, 0.2, ""),
    "surprise": (0.1, 0.6, ""),
    "admiration": (0.6, 0.1, ""),
    "approval": (0.4, 0.0, ""),
    "pride": (0.6, 0.3, ""),
    "confusion": (-0.2, 0.2, ""),
    "curiosity": (0.2, 0.3, ""),
    "disapproval": (-0.4, 0.1, ""),
    "embarrassment": (-0.4, 0.3, ""),
    "realization": (0.0, 0.1, ""),
    "positive": (0.6, 0.1, ""),
    "negative": (-0.6, 0.1, ""),
    "neutral": (0.0, -0.2, "neutral"),
}
#: A region is believed as much as this many nats a squared half-width.
REGION = 0.5


@dataclass(frozen=True, slots=True)
class Heard:
    """Chances of the labels in one sentence, and its length in words."""

    chances: np.ndarray
    words: int


class ClassifierGuide:
    """Measures like the guide: whole passages, and sentence by sentence."""

    def __init__(self, model, tokenizer, tones: Sequence[Tone]) -> None:
        labels = [model.config.id2label[i].lower() for i in range(model.num_labels)]
        self.labels = labels
        self.tones = tuple(tones)
        self._model, self._tokenizer = model, tokenizer
        self._places = np.array([LABELS[label][:2] for label in labels])
        self._names = [LABELS[label][2] for label in labels]
        # Labels of their own each have a chance; exclusive ones share it.
        self._many = model.config.problem_type == "multi_label_classification"

    def with_tones(self, added: Sequence[Tone]) -> "ClassifierGuide":
        known = {tone.name for tone in self.tones}
        new = [tone for tone in added if tone.name not in known]
        return ClassifierGuide(self._model, self._tokenizer, [*self.tones, *new])

    @torch.inference_mode()
    def raw(self, sentence: str) -> Heard | None:
        if not any(letter.isalpha() for letter in sentence):
            return None
        inputs = self._tokenizer(sentence, truncation=True, return_tensors="pt")
        logits = self._model(**inputs).logits[0].float()
        chances = logits.sigmoid() if self._many else logits.softmax(-1)
        shares = (chances / chances.sum()).numpy()
        return Heard(shares, len(sentence.split()))

    def together(self, heard: Sequence[Heard]) -> Reading:
        """Longer sentences count for more, but not in proportion."""
        weights = np.sqrt([one.words for one in heard])
        shares = np.average([one.chances for one in heard], axis=0, weights=weights)
        valence, energy = shares @ self._places
        named = {
            tone.name: sum(
                share
                for share, name in zip(shares, self._names, strict=True)
                if name == tone.name
            )
            for tone in self.tones
        }
        ranks = np.array(
            [
                np.log(named[tone.name] + 0.02)
                - REGION * tone.distance(valence, energy)
                for tone in self.tones
            ]
        )
        powers = np.exp(ranks - ranks.max())
        found = powers / powers.sum()
        order = np.argsort(-found, kind="stable")
        return Reading(
            measured=True,
            valence=round(float(valence), 3),
            energy=round(float(energy), 3),
            tones=tuple((self.tones[i].name, round(float(found[i]), 4)) for i in order),
            confidence=round(float(found[order[0]]), 4),
        )

    def measure(self, text: str) -> PassageReading:
        pieces = [(piece, self.raw(piece)) for piece in split_sentences(text)]
        heard = [raw for _, raw in pieces if raw]
        if not heard:
            return PassageReading(measured=False)
        whole = self.together(heard)
        return PassageReading(
            measured=True,
            valence=whole.valence,
            energy=whole.energy,
            tones=whole.tones,
            confidence=whole.confidence,
            sentences=tuple(
                (piece, self.together([raw]) if raw else NOT_MEASURED)
                for piece, raw in pieces
            ),
        )


def open_classifier(source: str) -> ClassifierGuide:
    """Raises EngineError with a sentence that says what is wrong with the model."""
    if looks_like_folder(source):
        check_folder(Path(source).expanduser())
    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        model = AutoModelForSequenceClassification.from_pretrained(
            source, use_safetensors=True, trust_remote_code=False
        )
    except Exception as error:  # a broken folder can provoke anything
        raise EngineError(
            f"The tone classifier “{source}” could not be loaded. It must be a "
            "sequence classifier with a tokenizer and safetensors weights."
        ) from error
    labels = [label.lower() for label in model.config.id2label.values()]
    if unknown := [label for label in labels if label not in LABELS]:
        raise EngineError(
            f"The tone classifier “{source}” has the label “{unknown[0]}”, which "
            "stands for no feeling we know."
        )
    return ClassifierGuide(model.eval(), tokenizer, read_tones())
