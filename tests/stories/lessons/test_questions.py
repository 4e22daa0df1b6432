"""Questions: proved by a quote, one right answer, and made for reading."""

from dataclasses import replace

import pytest

from stories.lessons import answering, questions
from stories.lessons.compose import compose
from stories.lessons.values import Asked, Draft, Line
from tests.stories.lessons.scribe import Scribe
from tests.stories.lessons.test_compose import WISH


@pytest.fixture(scope="module")
def draft():
    return compose(Scribe(), WISH)


@pytest.fixture(scope="module")
def asked(draft):
    return questions.ask_about(draft, WISH)


def test_every_kind_is_asked(asked):
    assert {q.kind for q in asked} == {"recall", "inference", "vocabulary", "own life"}


def test_every_question_quotes_words_of_the_story_and_has_one_key(draft, asked):
    for question in asked:
        assert question.evidence in draft.text
        if question.options:
            assert question.options.count(question.key) == 1
            assert len(set(question.options)) == len(question.options) >= 3


def test_the_right_answer_is_found_with_the_text_and_not_without():
    found = []
    for seed in range(8):
        wish = replace(WISH, seed=seed)
        draft = compose(Scribe(), wish)
        asked = questions.ask_about(draft, wish)
        found += [answering.answerable(q, draft.text) for q in asked if q.options]

    assert all(q["with"] for q in found)
    assert sum(q["without"] for q in found) / len(found) < 0.5


def all_asked(seeds=8):
    for seed in range(seeds):
        wish = replace(WISH, seed=seed)
        draft = compose(Scribe(), wish)
        yield draft, questions.ask_about(draft, wish)


def test_no_question_tells_the_answer_of_another():
    orders = 0
    for _draft, asked in all_asked():
        keys = {q.key for q in asked if q.rule == "happened"}
        wrong = [o for q in asked if q.rule == "happened" for o in q.options]
        wrong = [option for option in wrong if option not in keys]
        assert len(wrong) == len(set(wrong))
        for question in asked:
            if question.rule == "order":
                orders += 1
                assert not keys & {*question.options}
                assert not any(key in question.text for key in keys)
    assert orders


def test_what_a_child_knows_of_themselves_is_asked_only_for_want_of_better():
    for _draft, asked in all_asked():
        rules = [q.rule for q in asked if q.kind == "recall"]
        assert rules == sorted(rules, key=lambda rule: rule == "liking")


def test_a_word_that_is_missing_stands_among_things_of_the_story():
    things = {word.word for word in WISH.words if word.kind == "thing"}
    found = [
        (draft, q) for draft, asked in all_asked() for q in asked if q.about in things
    ]

    assert found
    for draft, question in found:
        wrong = [o for o in question.options if o != question.key]
        assert sum(option in draft.text for option in wrong) >= 2


def test_another_text_does_not_answer_them(asked):
    other = "A heron stood in the reeds. It did not move at all."

    assert not any(answering.answerable(q, other)["with"] for q in asked if q.options)


def test_wrong_answers_are_not_in_the_story(draft, asked):
    for question in asked:
        if question.rule == "happened":
            wrong = [o for o in question.options if o != question.key]
            assert not any(option in draft.text for option in wrong)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"evidence": "not there"}, "evidence"),
        ({"options": ("a", "b")}, "options"),
        ({"options": ("Owls see well.", "owls see well.", "b")}, "doubled"),
        (
            {"options": ("Owls see well.", "no", "yes"), "key": "Owls see well."},
            "longest",
        ),
    ],
)
def test_a_badly_made_question_is_not_asked(changes, fault):
    good = Asked(
        "recall", "What?", "Owls see well.",
        ("Owls see well.", "Owls hear well.", "Owls fly well."), "Owls see well.",
    )  # fmt: skip
    assert questions.lint(good, "Owls see well.") == ""
    assert questions.lint(replace(good, **changes), "Owls see well.") == fault


def test_a_story_of_facts_alone_still_asks_something_of_ones_own():
    draft = Draft("Owls", [[Line("The teacher said: “Owls see well.”", "fact")]])

    assert [q.kind for q in questions.ask_about(draft, WISH)] == ["own life"]
