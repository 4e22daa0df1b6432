"""The seedling: its tokenizer, its rules, its bundled weights, its resume."""

import random
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from training.seedling.average import average
from training.seedling.corpus import (
    Story,
    is_held_out,
    listed_word,
    parse,
    story_key,
)
from training.seedling.documents import PREFACE, messages_of
from training.seedling.labels import Lexicon, labels_of, length_of, teller_of
from training.seedling.names import new_names
from training.seedling.person import first_person
from training.seedling.prepare import prepare
from training.seedling.recipe import (
    WEIGHTS,
    CorpusMissing,
    Recipe,
    corpus_folder,
)
from training.seedling.tokenizer import rendered

HEADER = "Teller: she\nNames: Zofia"
MESSAGES = [
    {"role": "system", "content": f"{PREFACE}\n\n{HEADER}"},
    {"role": "user", "content": "Part: opening\nTone: joyful"},
    {"role": "assistant", "content": "Zofia ran to the sea."},
    {"role": "user", "content": "Continue."},
]
RENDERED = (
    f"<|system|>{HEADER}\n<|user|>Part: opening\nTone: joyful\n"
    "<|assistant|>Zofia ran to the sea.<|end|><|user|>Continue.\n<|assistant|>"
)


@pytest.fixture(scope="module")
def tokenizer():
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(WEIGHTS)


@pytest.mark.parametrize(
    "text",
    [
        "Siobhán and Łucja",
        "小明 ran.",
        "🌊😀👩‍👧",
        "  two  spaces\n\nhere",
        "اسمي ليلى",
    ],
)
def test_any_text_round_trips(tokenizer, text):
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_the_template_drops_the_preface_and_renders_the_rest(tokenizer):
    text = tokenizer.apply_chat_template(
        MESSAGES, tokenize=False, add_generation_prompt=True
    )
    assert text == RENDERED


def test_an_empty_header_leaves_no_system_turn(tokenizer):
    messages = [{"role": "system", "content": f"{PREFACE}\n\n"}, *MESSAGES[1:2]]
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    assert text == "<|user|>Part: opening\nTone: joyful\n"


def test_an_open_passage_is_left_open(tokenizer):
    messages = [*MESSAGES, {"role": "assistant", "content": "She saw a"}]
    text = tokenizer.apply_chat_template(
        messages, tokenize=False, continue_final_message=True
    )
    assert text == RENDERED + "She saw a"


def test_training_renders_as_the_template_does(tokenizer):
    text = "".join(span for span, _ in rendered(MESSAGES))
    assert text == RENDERED


def test_the_template_marks_what_the_assistant_says(tokenizer):
    found = tokenizer.apply_chat_template(
        MESSAGES, return_dict=True, return_assistant_tokens_mask=True
    )
    spoken = [
        i
        for i, m in zip(found["input_ids"], found["assistant_masks"], strict=True)
        if m
    ]
    assert tokenizer.decode(spoken) == "Zofia ran to the sea.<|end|>"


def test_special_tokens_are_where_the_format_says(tokenizer):
    assert tokenizer.eos_token == "<|end|>"
    assert tokenizer.pad_token == "<|pad|>"
    assert tokenizer.bos_token is None
    assert tokenizer("Once")["input_ids"][0] > 4


def test_the_screen_drops_a_story_with_a_listed_word():
    kind = "The boat came home and the family sat down to eat together. " * 4
    assert parse(kind, "tinystories") is not None
    assert parse(kind + "Then he drew a Gun.", "tinystories") is None
    assert listed_word("It was murderous.") == "murderous"
    assert listed_word("She had skill, and begun.") is None


def test_held_out_is_fixed_by_the_story_alone():
    keys = [story_key(f"story {i}") for i in range(5000)]
    out = [k for k in keys if is_held_out(k)]
    assert out == [k for k in keys if is_held_out(k)]
    assert 60 < len(out) < 140
    assert is_held_out("00000000ffffffff") and not is_held_out("00000001ffffffff")


@pytest.mark.parametrize(
    ("told", "as_i"),
    [
        (
            "Once upon a time, there was a little girl named Lily. She took her red "
            'hat. "Come, Lily!" said a bird. Lily went with her hat. She saw a bee '
            "and it followed her.",
            'My name is Lily. I was a little girl. I took my red hat. "Come, Lily!" '
            "said a bird. I went with my hat. I saw a bee and it followed me.",
        ),
        (
            "One day, a boy named Tim went to the park. He lost his ball. A girl "
            "helped him.",
            "One day, I went to the park. I lost my ball. A girl helped me.",
        ),
    ],
)
def test_a_story_of_one_hero_is_told_as_i(told, as_i):
    hero = "Lily" if "Lily" in told else "Tim"
    assert first_person([told], hero) == [as_i]


@pytest.mark.parametrize(
    "unsure",
    [
        "There was a girl named Lily. Her mom said she could go. She went.",
        "Lily is a girl. She likes her cup. She has a mug.",
        "There was a girl named Lily. She saw the hen see her playing. She ran.",
    ],
)
def test_an_unsure_story_is_not_told_as_i(unsure):
    assert first_person([unsure], "Lily") is None


def test_labels_are_read_from_the_text():
    assert teller_of("I saw my dog. I ran.") == "I"
    assert teller_of('She said, "I am, my dear." She saw her dog.') == "she"
    assert length_of("word " * 41) == "medium"


SANG = "And Lily sang all the way home to her mother and her father."


def lily_met_tom():
    sentences = ["One day Lily met Tom.", "So Tom gave Lily a pear.", SANG]
    story = Story("0", "tinystories", "", [sentences])
    lexicon = Lexicon(names={"Lily", "Tom"}, things={"pear"})
    return prepare(story, labels_of(story, lexicon))


def test_names_change_with_every_reading_and_are_told_in_the_header():
    prepared = lily_met_tom()
    assert prepared.labels.people == ["Lily", "Tom"]
    texts = {messages_of(prepared, random.Random(i))[-1]["content"] for i in range(20)}
    assert len(texts) > 10
    names = new_names(random.Random(1), ["Lily", "Tom"], keep=0.0)
    assert "Lily" not in names.values() and len(set(names.values())) == 2


def test_a_beginning_of_a_persons_own_is_read_and_not_learnt_to_be_told():
    begun = 0
    for seed in range(40):
        messages = messages_of(lily_met_tom(), random.Random(seed))
        spoken = "".join(text for text, learnt in rendered(messages) if learnt)
        for message in messages:
            if message["role"] == "assistant":
                given = "given" in message
                begun += given
                assert (message["content"] in spoken) is not given
    assert 3 < begun < 20


def test_a_missing_corpus_is_a_clear_sentence(monkeypatch, tmp_path):
    monkeypatch.delenv("STORYLOOM_CORPUS", raising=False)
    with pytest.raises(CorpusMissing, match="--corpus PATH or set STORYLOOM_CORPUS"):
        corpus_folder(None)
    with pytest.raises(CorpusMissing, match="no story files"):
        corpus_folder(str(tmp_path))


def test_rules_and_recipe_need_no_torch():
    code = (
        "import sys, training.seedling.documents, training.seedling.recipe\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_weights_are_small():
    assert (WEIGHTS / "model.safetensors").stat().st_size < 16 * 2**20


def test_a_name_it_never_saw_is_copied_from_the_header(tokenizer):
    """At the likeliest token; MODEL_CARD.md says how often it still fails."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(WEIGHTS).float().eval()
    header = f"{PREFACE}\n\nLevel: simple\nTeller: she\nNames: Katalin"
    messages = [
        {"role": "system", "content": header},
        {"role": "user", "content": "Part: opening\nLength: medium"},
    ]
    asked = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    told = model.generate(**asked, do_sample=False, max_new_tokens=30)
    passage = tokenizer.decode(told[0, asked["input_ids"].size(1) :])
    assert "Katalin" in passage


def a_tiny_run(workshop, recipe, teacher=None):
    from training.seedling.batches import Library
    from training.seedling.library import tokenizer_texts, without_held_out
    from training.seedling.stream import Stream
    from training.seedling.tokenizer import train_tokenizer
    from training.seedling.train import Run

    stories = []
    for i in range(40):
        text = f"Lily had {i} pears. One day Lily gave {i + 1} pears to her cat."
        story = Story(story_key(text), "tinystories", "", [text.split(". ")])
        lexicon = Lexicon(names={"Lily"}, things={"pears"})
        stories.append(prepare(story, labels_of(story, lexicon)))
    tokenizer = train_tokenizer(tokenizer_texts(stories, 1), recipe.vocabulary)
    read, held_out = without_held_out(stories, recipe)
    stream = Stream(Library(read), tokenizer, recipe)
    return Run(stream, held_out, workshop, teacher)


TINY = replace(
    Recipe(),
    vocabulary=400,
    width=32,
    layers=1,
    heads=2,
    key_value_heads=2,
    feed_forward=48,
    context=128,
    row=64,
    batch_tokens=256,
    steps=6,
    scenes=8,
    closing_scenes=8,
    held_out_one_in=10,
    compiled=False,
    read_every=1000,
)


def test_a_resumed_run_goes_on_as_if_never_stopped(tmp_path):
    whole = a_tiny_run(tmp_path, TINY).train()
    first = a_tiny_run(tmp_path, TINY).train(stop_after=3)
    resumed = a_tiny_run(tmp_path, TINY)
    resumed.resume()
    assert first + resumed.train() == pytest.approx(whole, abs=1e-6)
    assert len(whole) == 6


def test_a_run_begun_on_a_gpu_goes_on_without_one(tmp_path):
    whole = a_tiny_run(tmp_path, TINY).train()
    a_tiny_run(tmp_path, TINY).train(stop_after=3)
    resumed = a_tiny_run(tmp_path, TINY)
    state = torch.load(resumed.checkpoint, weights_only=True)
    for saved in state["optimizers"]:
        for group in saved["param_groups"]:
            group["lr"] = torch.tensor(0.5)
            group |= {"capturable": True} if "capturable" in group else {}
    torch.save(state, resumed.checkpoint)
    resumed.resume()
    assert resumed.train() == pytest.approx(whole[3:], abs=1e-6)


def test_processes_beside_the_run_render_the_same_batches_in_the_same_order(tmp_path):
    def ids(recipe):
        run = a_tiny_run(tmp_path, recipe)
        chunks = run.stream.chunks(False, 0, 0)
        found = [batch["ids"].tolist() for _ in range(3) for batch in next(chunks)[1]]
        run.stream.close()
        return found

    assert ids(replace(TINY, workers=2)) == ids(TINY)


def test_a_teacher_is_followed_more_closely_than_without_it(tmp_path):
    """The taught model ends nearer to what its teacher expects of the next token."""
    from training.seedling.loss import logits_of, tensors_of

    teacher = a_tiny_run(tmp_path / "teacher", TINY)
    teacher.workshop.mkdir()
    teacher.train()
    model = teacher.model.eval().requires_grad_(False)
    recipe = replace(TINY, seed=3, steps=20)
    batch = next(a_tiny_run(tmp_path, TINY).batches())
    seen = {k: tensors_of(batch)[k] for k in ("ids", "positions", "document")}
    expected = logits_of(model, **seen).softmax(-1)

    def apart(run):
        run.train()
        found = logits_of(run.model.eval(), **seen).softmax(-1)
        return (found - expected).abs().sum().item()

    alone = apart(a_tiny_run(tmp_path, recipe))
    assert apart(a_tiny_run(tmp_path, replace(recipe, taught=0.9), model)) < alone


def test_weights_between_two_points_of_a_run_open_like_either(tmp_path):
    last, earlier = tmp_path / "last", tmp_path / "earlier"
    for folder, value in ((last, 1.0), (earlier, 3.0)):
        folder.mkdir()
        weights = {"layer": torch.full((2, 3), value, dtype=torch.float16)}
        save_file(weights, folder / "model.safetensors")
    (last / "config.json").write_text("{}")

    average(last, earlier, 0.25, tmp_path / "out")

    mixed = load_file(tmp_path / "out" / "model.safetensors")["layer"]
    assert mixed.dtype == torch.float16 and mixed.tolist() == [[1.5] * 3] * 2
    assert (tmp_path / "out" / "config.json").exists()


def test_weights_of_unlike_shapes_have_no_mean(tmp_path):
    for name, size in (("last", 2), ("earlier", 3)):
        (tmp_path / name).mkdir()
        save_file({"layer": torch.ones(size)}, tmp_path / name / "model.safetensors")

    with pytest.raises(ValueError, match="not of one shape"):
        average(tmp_path / "last", tmp_path / "earlier", 0.3, tmp_path / "out")
    assert not (tmp_path / "out").exists()
