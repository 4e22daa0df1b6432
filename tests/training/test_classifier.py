"""A classifier of Hugging Face's kind in the guide's place, made on the spot."""

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification

from stories.arcs import tones
from tests.training.engines import VOCABULARY, tiny_tokenizer
from training import services
from training.engine import EngineError
from training.engine.guide.tones import Tone, read_tones
from training.engine.local.classifier import LABELS, ClassifierGuide, open_classifier

pytestmark = pytest.mark.usefixtures("one_thread")


EMOTIONS = ["joy", "sadness", "fear", "love", "neutral"]


def save(folder, labels=EMOTIONS, loud=None, **options):
    """A tiny model; with `loud` it always hears that label."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=1,
        num_attention_heads=2, intermediate_size=16, max_position_embeddings=64,
        id2label=dict(enumerate(labels)), label2id={n: i for i, n in enumerate(labels)},
        **options,
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    if loud:
        with torch.no_grad():
            model.classifier.weight.zero_()
            model.classifier.bias.copy_(
                torch.tensor([16.0 * (name == loud) - 8 for name in labels])
            )
    model.save_pretrained(folder)
    tokenizer = tiny_tokenizer()
    tokenizer.model_max_length = 64
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(
    ("loud", "tone"), [("joy", "joyful"), ("sadness", "sad"), ("fear", "tense")]
)
@pytest.mark.parametrize(
    "kind", ["single_label_classification", "multi_label_classification"]
)
def test_what_it_hears_becomes_a_tone(tmp_path, loud, tone, kind):
    guide = open_classifier(save(tmp_path, loud=loud, problem_type=kind))
    reading = guide.measure("The dog ran home. It rained!")
    assert reading.measured and reading.tone == tone and len(reading.sentences) == 2
    assert sum(share for _, share in reading.tones) == pytest.approx(1, abs=0.01)
    assert (reading.valence > 0) == (LABELS[loud][0] > 0)


def test_a_long_text_and_one_without_words_do_no_harm(tmp_path):
    guide = open_classifier(save(tmp_path))
    assert guide.measure("The dog ran home " * 90).measured
    assert not guide.measure("… 12 !").measured and not guide.measure("").measured


def test_it_knows_the_tones_that_a_person_added(tmp_path):
    guide = open_classifier(save(tmp_path)).with_tones(
        [Tone("proud", "", (0.4, 1.0), (0.0, 0.6))]
    )
    assert "proud" in dict(guide.measure("The dog ran home.").tones)


@pytest.mark.django_db
def test_a_setting_puts_it_in_the_guides_place(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(services, "_classifier", None)
    settings.STORYLOOM_TONE_GUIDE = save(tmp_path, loud="fear")
    assert services.measure("They laughed and danced, so happy.")["tone"] == "tense"
    assert isinstance(services.guide(), ClassifierGuide)


def test_labels_that_mean_nothing_to_us_are_refused(tmp_path):
    with pytest.raises(EngineError, match="label_0"):
        open_classifier(save(tmp_path, labels=["LABEL_0", "LABEL_1"]))


def test_what_is_no_classifier_is_refused(tmp_path):
    with pytest.raises(EngineError, match="no model folder"):
        open_classifier(str(tmp_path / "nothing"))


def test_every_label_stands_for_a_tone_of_ours_or_none():
    known = {tone.name for tone in read_tones()} | {""}
    assert {name for _, _, name in LABELS.values()} <= known
    assert set(tones.CENTRES) <= known
