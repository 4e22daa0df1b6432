"""Everything a model may learn from a person, and nothing it may not."""

import pytest

from stories import services
from stories.learnt import changed
from stories.models import Author, Mode
from tests.factories import ExperienceFactory, PassageFactory, StoryFactory
from training import ledger, voices
from training.models import Document, Example
from users.models import Consent

pytestmark = pytest.mark.django_db

LONG = "The river was high that spring and the hens were on the roof of the house."


def examples(person, kind=None):
    ledger.refresh(person)
    found = Example.objects.owned_by(person).in_time()
    return list(found.filter(kind=kind) if kind else found)


def by_model(story, **fields):
    return PassageFactory(
        story=story, author=Author.MODEL, mode=Mode.CONTINUE, text=LONG, **fields
    )


def test_typed_words_are_an_example_with_what_was_asked(story, wren):
    PassageFactory(story=story, text="I was six.")
    [example] = examples(wren)
    assert (example.kind, example.text, example.words) == ("own", "I was six.", 3)
    assert "Part: opening" in example.ask
    assert example.document.title == "The river"


def test_a_models_unedited_words_are_nobodys_own(story, wren):
    by_model(story)
    assert examples(wren) == []


def test_a_direction_is_no_example(story, wren):
    by_model(story, direction="Let it rain on the hens.")
    assert examples(wren) == []


def test_an_edit_is_preferred_to_what_it_replaced(story, wren):
    passage = by_model(story)
    after = LONG.replace("the hens were", "my four brown hens slept")
    services.edit_passage(passage=passage, text=after)
    [example] = examples(wren)
    assert (example.kind, example.text, example.over) == ("edit", after, LONG)


def test_a_corrected_letter_is_no_opinion(story, wren):
    services.edit_passage(passage=by_model(story), text=LONG.replace("hens", "goats"))
    assert examples(wren) == []


def test_a_passage_rewritten_by_the_person_is_their_own(story, wren):
    text = "My grandmother counted us twice, and then she counted the spoons."
    services.edit_passage(passage=by_model(story), text=text)
    [example] = examples(wren)
    assert (example.kind, example.over) == ("own", "")


def test_an_edit_taken_back_is_no_example(story, wren):
    services.edit_passage(passage=by_model(story), text=LONG + " And we all laughed.")
    services.undo(story=story)
    assert examples(wren) == []


def test_how_much_an_edit_changed():
    assert changed("a b c d", "a b c d") == (0, 0)
    assert changed("a b c d", "a x y d") == (2, 0.5)
    assert changed("a b", "q r s t")[1] == 1


def test_a_choice_prefers_one_passage_to_another(story, wren):
    first = by_model(story)
    second = by_model(story, parent=first.parent)
    second.text = "Other words."
    second.save()
    services.choose_passage(passage=first)
    [example] = examples(wren)
    assert (example.kind, example.text, example.over) == ("choice", LONG, second.text)


def test_of_passages_looked_at_to_and_fro_only_the_last_is_preferred(story, wren):
    first = by_model(story)
    second = by_model(story, parent=first.parent)
    second.text = "Other words."
    second.save()
    for passage in (first, second, first, second):
        services.choose_passage(passage=passage)
    [example] = examples(wren)
    assert (example.text, example.over) == (second.text, LONG)


def test_thumbs_are_examples_and_the_last_one_counts(story, wren):
    passage = by_model(story)
    services.give_feedback(passage=passage, kind="up")
    services.give_feedback(passage=passage, kind="down")
    [example] = examples(wren)
    assert example.kind == "down"
    services.give_feedback(passage=passage, kind="none")
    assert examples(wren) == []


def test_deleted_words_and_those_after_them_are_forgotten(story, wren):
    first = PassageFactory(story=story, text="I was six.")
    PassageFactory(story=story, text="It rained.")
    assert len(examples(wren)) == 2
    services.delete_passage(passage=first)
    assert examples(wren) == []
    services.undo(story=story)
    assert len(examples(wren)) == 2


def test_a_deleted_story_is_forgotten(story, wren):
    PassageFactory(story=story)
    assert examples(wren)
    services.delete_story(story=story)
    assert examples(wren) == [] and not Document.objects.exists()


def test_words_beside_which_help_was_shown_teach_nothing(story, wren):
    services.request_passage(
        story=story, mode="write", text="I want to kill myself tonight."
    )
    assert examples(wren) == []


def test_such_words_in_a_text_brought_along_teach_nothing(wren):
    text = "\n\n".join(["I want to kill myself tonight. " + "It rained. " * 30] * 2)
    voices.bring_text(person=wren, name="a.txt", content=text.encode())
    assert examples(wren) == []


@pytest.mark.parametrize("consent", Consent.values)
def test_an_experience_teaches_only_with_its_own_consent(wren, consent):
    ExperienceFactory(person=wren, consent=consent)
    assert len(examples(wren)) == (consent == Consent.TRAIN)


def test_nobody_learns_from_another(story, wren, crow):
    PassageFactory(story=story)
    PassageFactory(story=StoryFactory(owner=crow), text="Caw.")
    assert [e.text for e in examples(crow)] == ["Caw."]
    assert len(examples(wren)) == 1


def test_what_is_taken_out_stays_out_when_the_text_is_changed(story, wren):
    passage = PassageFactory(story=story, text="I was six.")
    [example] = examples(wren)
    voices.take_out(example=example)
    services.edit_passage(passage=passage, text="I was seven.")
    [example] = examples(wren)
    assert example.text == "I was seven." and example.taken_out_at
    assert ledger.own_words(wren) == 0
    voices.put_back(example=example)
    assert ledger.own_words(wren) == 3


def test_a_withheld_story_does_not_count(story, wren):
    PassageFactory(story=story, text="I was six.")
    [example] = examples(wren)
    voices.allow_document(document=example.document, allowed=False)
    assert ledger.own_words(wren) == 0 and ledger.digests(wren) == set()
    examples(wren)
    assert ledger.own_words(wren) == 0  # and it is remembered


def test_looking_twice_changes_nothing(story, wren):
    PassageFactory(story=story)
    before = [(e.pk, e.digest) for e in examples(wren)]
    assert [(e.pk, e.digest) for e in examples(wren)] == before


def test_a_large_ledger_is_refreshed_in_few_queries(
    story, wren, django_assert_max_num_queries
):
    for number in range(40):
        PassageFactory(story=story, text=f"I was {number}.")
    examples(wren)
    with django_assert_max_num_queries(20):
        ledger.refresh(wren)


# -- asking


def test_too_little_is_said_with_what_is_missing(story, wren):
    voices.let_learn(person=wren, learns=True)
    PassageFactory(story=story, text="I was six.")
    with pytest.raises(voices.Refused, match="1997 words"):
        voices.start_run(person=wren)


def test_nothing_is_learnt_without_a_yes(willing):
    voices.let_learn(person=willing, learns=False)
    with pytest.raises(voices.Refused, match="may learn"):
        voices.start_run(person=willing)


def test_it_learns_by_itself_only_when_enough_is_new(willing, at_once, monkeypatch):
    from training.learning.run import learn
    from training.voices import schedule

    assert voices.learn_what_is_new() == 1
    assert voices.learn_what_is_new() == 0  # one is open, and there was one just now
    run = willing.training_runs.get()
    assert run.trigger == "signals"
    learn(run.pk)
    monkeypatch.setattr(schedule, "REST", schedule.REST * 0)
    assert voices.learn_what_is_new() == 0  # nothing is new
    text = b"Quite other words than those before. " * 400
    voices.bring_text(person=willing, name="more.txt", content=text)
    assert voices.learn_what_is_new() == 1


def test_it_never_learns_by_itself_for_who_does_not_want_it(willing):
    voices.let_learn(person=willing, learns=True, by_itself=False)
    assert voices.learn_what_is_new() == 0
