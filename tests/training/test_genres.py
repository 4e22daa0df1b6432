"""Shared story adapters: made by the command, mixed in, and never in anyone's way."""

import json
import random
from functools import partial

import pytest
from django.core.management import CommandError, call_command

from stories import services, writing
from stories.exchange import export_story, import_story
from stories.genre_texts import SOURCES, texts_of
from stories.genres import LOUDNESS
from stories.management.commands import train_genre
from stories.models import Story
from tests.factories import PassageFactory
from tests.training.adapters import as_peft_writes, greedy, make_adapter
from tests.training.engines import tiny_model
from training import genres
from training.engine.fitting import Recipe
from training.engine.local.adapters import WEIGHTS, fingerprint
from training.learning import genre
from training.models import Adapter, TrainingRun, Voice
from training.services import engine
from training.voices import Speaking, speaking_for, with_genre

pytestmark = pytest.mark.django_db


@pytest.fixture
def corpus(tmp_path):
    """Many fables of a tongue that a tiny model can learn."""
    dice = random.Random(1)
    words = ["".join(dice.choices("abcdeimorst", k=4)) for _ in range(40)]
    stories = [
        f"Mara {' '.join(dice.choices(words, k=45))} to the river.\n\n"
        f"Tobi {' '.join(dice.choices(words, k=45))} to the river."
        for _ in range(260)
    ]
    folder = tmp_path / "corpus" / "stories"
    folder.mkdir(parents=True)
    (folder / "fables.txt").write_text("\n<|endoftext|>\n".join(stories))
    return folder.parent


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Where the genres of a test stand."""
    folder = tmp_path / "genres"
    folder.mkdir()
    monkeypatch.setattr(genres, "FOLDER", folder)
    return folder


@pytest.fixture
def fable(shelf, tiny):
    return make_adapter(shelf / "fable", seed=3, rank=8)


@pytest.fixture
def voiced(wren, tiny):
    adapter = Adapter.objects.create(
        person=wren, number=1, model="bard", fingerprint=engine().fingerprint
    )
    adapter.folder.parent.mkdir(parents=True, exist_ok=True)
    make_adapter(adapter.folder, seed=5)
    Voice.objects.create(person=wren, learns=True, adapter=adapter)
    return adapter


def written(story):
    passage = services.request_passage(story=story, mode="continue")
    type(passage).objects.filter(pk=passage.pk).update(seed=7)
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.status == "finished", passage.error
    return passage


# -- made


@pytest.fixture
def quickly(monkeypatch):
    """A random model's style would be judged by chance, so no samples are drawn."""
    recipe = Recipe(rate=5e-2, epochs=4, window=128, step_tokens=256)
    quick = partial(train_genre.learn_genre, recipe=recipe, samples=False)
    monkeypatch.setitem(train_genre.PLANS, "fable", genre.Plan(own_words=4))
    monkeypatch.setattr(train_genre, "learn_genre", quick)


def test_the_command_makes_an_adapter_with_a_card(corpus, shelf, tiny, quickly, capsys):
    call_command("train_genre", "fable", corpus=corpus, tokens=9000, into=shelf)
    found = json.loads(capsys.readouterr().out)
    assert found["passed"] and found["rank"] == 8
    assert found["voice_perplexity"] < found["base_perplexity"]
    folder = shelf / "fable"
    names = {"adapter_config.json", WEIGHTS, "README.md"}
    assert {path.name for path in folder.iterdir()} == names
    assert sum(path.stat().st_size for path in folder.iterdir()) < 100_000
    bare = tiny_model("llama")
    config = json.loads((folder / "adapter_config.json").read_text())
    assert config["r"] == 8 and config["base_model_name_or_path"] == "bard"
    card = (folder / "README.md").read_text()
    assert SOURCES["fable"]["fables"] in card and found["fingerprint"] in card
    assert str(corpus) not in card  # no path of whoever made it
    assert as_peft_writes(folder, [5, 6, 7], 8) != greedy(bare, [5, 6, 7], 8)
    [made] = genres.genres()
    assert made.made_for == engine().fingerprint == fingerprint(bare)


def test_what_does_not_pass_changes_nothing(corpus, fable, tiny, monkeypatch, shelf):
    recipe = Recipe(rate=0.0, epochs=1, window=128, step_tokens=256)
    still = partial(train_genre.learn_genre, recipe=recipe, samples=False)
    monkeypatch.setitem(train_genre.PLANS, "fable", genre.Plan(own_words=4))
    monkeypatch.setattr(train_genre, "learn_genre", still)
    before = (fable / WEIGHTS).read_bytes()
    with pytest.raises(CommandError, match="did not pass"):
        call_command("train_genre", "fable", corpus=corpus, tokens=3000, into=shelf)
    assert (fable / WEIGHTS).read_bytes() == before


@pytest.mark.parametrize(
    "name, options", [("../voice", {}), ("saga", {}), ("fable", {"corpus": "/none"})]
)
def test_what_cannot_be_made_is_said(shelf, tiny, name, options):
    with pytest.raises(CommandError):
        call_command("train_genre", name, **{"corpus": "/none"} | options)


def test_no_story_is_both_learnt_and_tested_on(corpus):
    def count(text):
        return len(text.split())

    texts = texts_of(corpus / "stories", ["fables"], count, 9000)
    parts = [
        {each.document for each in part}
        for part in (texts.train, texts.valid, texts.test)
    ]
    assert all(parts) and not parts[0] & parts[1] | parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert 9000 <= sum(count(each.text) for each in texts.train) < 9200
    asks = [each.ask.split("\n")[0] for each in texts.train[:2]]
    assert asks == ["Part: opening", "Part: ending"]
    assert texts == texts_of(corpus / "stories", ["fables"], count, 9000)


def test_of_several_sources_each_has_its_share(corpus):
    def count(text):
        return len(text.split())

    folder = corpus / "stories"
    fables = (folder / "fables.txt").read_text()
    lives = fables.replace("Mara", "I").replace("Tobi", "I")
    (folder / "lives.txt").write_text(lives)
    shares = [0, 0]
    for each in texts_of(folder, ["fables", "lives"], count, 8000).train:
        shares["I " in each.text] += count(each.text)
    assert all(4000 <= share < 4200 for share in shares)


def test_a_genre_is_not_judged_by_one_persons_style():
    good = dict.fromkeys(genre.GATES, {"passed": True})
    assert genre.passes(good | {"style": {"passed": False}})
    assert not genre.passes(good | {"ability": {"passed": False}})
    assert not genre.passes(good | {"better": {"passed": None}})


# -- mixed in


def test_it_speaks_beside_the_persons_voice_and_never_louder_than_half(
    voiced, fable, wren
):
    own = Speaking((), voiced.label)
    mixed = with_genre(own, name="fable", weight=3.0, engine=engine())
    assert mixed.refs[-1].weight == genres.LOUDEST == max(LOUDNESS.values())
    assert (mixed.label, mixed.genre) == (voiced.label, "fable 0.5")


def test_a_voice_that_began_from_it_does_not_hear_it_twice(voiced, fable, wren):
    def spoken():
        own = speaking_for(person_id=wren.pk, engine=engine())
        return with_genre(own, name="fable", weight=0.5, engine=engine())

    assert len(spoken().refs) == 2
    run = TrainingRun.objects.create(person=wren, report={"start": "fable"})
    Adapter.objects.update(run=run, checked=Adapter.Checked.PASSED)
    assert (len(spoken().refs), spoken().label) == (1, voiced.label)


def test_a_story_that_chose_it_is_written_with_it(voiced, fable, story):
    plain = written(story)
    assert (plain.adapter, plain.genre) == (voiced.label, "")
    services.change_settings(
        story=story, values={"genre": "fable", "genre_strength": "strong"}
    )
    services.undo(story=story)  # the setting
    services.redo(story=story)
    services.delete_passage(passage=plain)
    told = written(story)
    assert (told.adapter, told.genre) == (voiced.label, "fable 0.5")
    assert told.seed == plain.seed and told.text != plain.text
    assert {str(voiced.folder), str(fable)} <= set(engine().voices)


def test_without_a_voice_it_is_mixed_with_the_bare_model(fable, story, tiny):
    services.change_settings(story=story, values={"genre": "fable"})
    passage = written(story)
    assert (passage.adapter, passage.genre) == ("", "fable 0.35")


def test_one_made_for_another_model_rests(voiced, shelf, story):
    make_adapter(shelf / "fable", seed=3, shape="qwen2")
    services.change_settings(story=story, values={"genre": "fable"})
    passage = written(story)
    assert (passage.adapter, passage.genre) == (voiced.label, "")


def test_a_file_that_is_none_rests_too(voiced, fable, story):
    for content in (b"", b"\xff" * 40, b"\x02" + b"\x00" * 7 + b"{}"):
        (fable / WEIGHTS).write_bytes(content)
        assert genres.genre_named("fable").made_for == ""
    services.change_settings(story=story, values={"genre": "fable"})
    assert written(story).genre == ""


class ForOne:
    """An engine in which one voice speaks at a time, as a server does."""

    most_adapters = 1

    def __init__(self):
        self.fingerprint = engine().fingerprint


def test_an_engine_for_one_voice_is_handed_the_persons_own(voiced, fable):
    one = ForOne()
    own = speaking_for(person_id=voiced.person_id, engine=one)
    assert [ref.path for ref in own.refs] == [str(voiced.folder)]
    assert with_genre(own, name="fable", weight=0.3, engine=one) == own


def test_an_engine_for_one_voice_has_no_genre_alone(fable):
    """There it would speak at full weight, louder than any genre may."""
    nobody = Speaking()
    assert with_genre(nobody, name="fable", weight=0.3, engine=ForOne()) == nobody


@pytest.mark.parametrize("most", [2, 3])
def test_no_engine_is_handed_more_than_it_takes_and_ones_own_is_first(
    voiced, fable, most
):
    several = ForOne()
    several.most_adapters = most
    told = speaking_for(person_id=voiced.person_id, engine=several)
    for _ in range(4):
        told = with_genre(told, name="fable", weight=0.3, engine=several)
    assert [ref.path for ref in told.refs] == [
        str(voiced.folder), *[str(fable)] * (most - 1)
    ]  # fmt: skip


# -- chosen


def test_the_settings_offer_those_that_are_here(client, wren, story, shelf, tiny):
    client.force_login(wren)
    page = f"/stories/{story.pk}/settings"
    assert "set_genre" not in client.get(page).content.decode()
    make_adapter(shelf / "fable", seed=3)
    make_adapter(shelf / "saga", seed=4)
    html = client.get(page).content.decode()
    assert "a fable, told to a point" in html and '<option value="saga">saga' in html


def test_no_other_genre_is_taken(story, fable):
    for wrong in ("saga", "../fable", "/"):
        with pytest.raises(services.Refused):
            services.change_settings(story=story, values={"genre": wrong})


def test_the_choice_is_exported_with_the_story(story, wren, fable):
    PassageFactory(story=story, genre="fable 0.35")
    services.change_settings(
        story=story, values={"genre": "fable", "genre_strength": "gentle"}
    )
    again = import_story(person=wren, data=export_story(story=story))
    assert isinstance(again, Story)
    assert (again.genre, again.genre_strength) == ("fable", "gentle")
    assert again.passages.get().genre == "fable 0.35"


def test_those_that_ship_are_sound():
    """Those that are in the repository; they are made anew with every seedling."""
    for made in genres.genres():
        assert made.made_for and (made.folder / "README.md").is_file()
        size = sum(path.stat().st_size for path in made.folder.iterdir())
        assert size < 2 * 2**20
