"""What a teacher changes in a story. Every change takes the approval back."""

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from stories.lessons import making, screening
from stories.lessons.compose import report
from stories.lessons.models import Made, Question, Review, Tale
from stories.lessons.sentences import split
from stories.services import words
from stories.services.refused import Refused

LONGEST = 6000
LONGEST_TITLE = 120


@transaction.atomic
def edit_tale(*, tale: Tale, version: int, title: str, text: str) -> Tale:
    tale = locked(tale, version)
    title, text = words.clean(title).strip(), words.clean(text).strip()
    if not text or not title:
        raise Refused("empty", _("A story needs a title and a text."))
    if len(text) > LONGEST or len(title) > LONGEST_TITLE:
        raise Refused(
            "too_long",
            _("A learning story has at most %(most)d characters.") % {"most": LONGEST},
        )
    tale.title, tale.paragraphs = title, resourced(tale, text)
    refresh(tale)
    return tale


def resourced(tale: Tale, text: str) -> list[list[dict]]:
    """Sentences that stand as they did keep who wrote them; the others are hers."""
    known = {
        line["text"]: line["source"] for lines in tale.paragraphs for line in lines
    }
    kept = [p for p in text.split("\n\n") if p.strip()]
    return [
        [
            {"text": sentence, "source": known.get(sentence, "teacher")}
            for sentence in split_like(paragraph, known)
        ]
        for paragraph in kept
    ]


def split_like(paragraph: str, known: dict[str, str]) -> list[str]:
    """Sentences, where a known one (a quoted fact, say) is never cut in two."""
    found, rest = [], " ".join(paragraph.split())
    longest = sorted(known, key=len, reverse=True)
    while rest:
        begins = next((line for line in longest if rest.startswith(line)), "")
        begins = begins or split(rest)[0]
        found.append(begins)
        rest = rest[len(begins) :].lstrip()
    return found


@transaction.atomic
def edit_question(
    *, question: Question, version: int, text: str, options: list[str], key: str,
    evidence: str,
) -> None:  # fmt: skip
    tale = locked(question.tale, version)
    options = [o for o in (words.clean(option).strip() for option in options) if o]
    key, evidence = words.clean(key).strip(), words.clean(evidence).strip()
    text = words.clean(text).strip()
    if not text or len(text) > 500:
        raise Refused("text", _("A question has 1 to 500 characters."))
    if len(set(map(str.casefold, options))) < len(options):
        raise Refused("options", _("Two answers are the same."))
    if any(len(option) > 400 for option in options) or len(options) > 6:
        raise Refused("options", _("At most six answers of 400 characters."))
    if options and (len(options) < 2 or key not in options):
        raise Refused("key", _("The right answer must be one of at least two answers."))
    if evidence not in tale.text or not evidence:
        raise Refused(
            "evidence", _("The quote must stand in the story, word for word.")
        )
    if (text, options) != (question.text, question.options):
        refuse_answered(question)
    question.text, question.options, question.evidence = text, options, evidence
    question.key, question.rule, question.check_of = key if options else "", "", {}
    question.save()
    for answer in question.answers.all() if options else ():  # a key was set right
        answer.right = answer.text == key
        answer.save(update_fields=["right"])
    refresh(tale)


@transaction.atomic
def remove_question(*, question: Question, version: int) -> None:
    tale = locked(question.tale, version)
    refuse_answered(question)
    question.delete()
    refresh(tale)


def refuse_answered(question: Question) -> None:
    """What a child was asked and said stays as it was."""
    if question.answers.exists():
        raise Refused(
            "answered",
            _("Pupils have answered this question: it stays as they were asked."),
        )


@transaction.atomic
def decide(*, tale: Tale, version: int, number: int, fine: bool, why: str = "") -> None:
    """A marked sentence is fine after all, with a reason; or it is not yet."""
    tale = locked(tale, version)
    if not 0 <= number < len(tale.flags):
        raise Refused("flag", _("There is no such mark."))
    if fine and len(words.clean(why).strip()) < 3:
        raise Refused("why", _("Say in a few words why it is fine."))
    tale.flags[number] |= {"fine": fine, "why": words.clean(why).strip()[:200]}
    tale.save(update_fields=["flags"])


def locked(tale: Tale, version: int) -> Tale:
    """The row as it now is, if it is still the one that was looked at."""
    row = Tale.objects.select_for_update(of=("self",)).get(pk=tale.pk)
    if row.made != Made.READY:
        raise Refused("not_ready", _("This story is being made anew."))
    if row.version != version:
        raise Refused(
            "changed", _("Someone changed this story meanwhile. Your text is below.")
        )
    return row


def refresh(tale: Tale) -> None:
    """Measure and screen what is there now; the approval is gone."""
    lesson = tale.lesson
    names = list(lesson.classroom.pupils.values_list("nickname", flat=True))
    wish = making.wish_of(lesson, tale, names)
    texts = [line["text"] for lines in tale.paragraphs for line in lines]
    rounds = tale.report.get("repairs", 0)
    tale.report = asdict(report(tale.text, texts, wish, rounds))
    asked = list(tale.questions.all())
    fine = {(f["rule"], f["word"], f["quote"]): f for f in tale.flags if f.get("fine")}
    found = screening.flags_of(
        making.screened(tale.title, tale.text, asked),
        hero=wish.hero,
        others=wish.others,
    )
    tale.flags = [fine.get((f["rule"], f["word"], f["quote"]), f) for f in found]
    for entry in tale.glossary:
        quotes = making.sentences_with(entry["word"], texts)
        entry["quote"] = next(iter(quotes), "")
    tale.review = Review.DRAFT
    tale.version += 1
    tale.save()


def change_meaning(*, tale: Tale, version: int, word: str, meaning: str) -> None:
    with transaction.atomic():
        tale = locked(tale, version)
        meaning = words.clean(meaning).strip()[:160]
        for entry in tale.glossary:
            if entry["word"] == word:
                entry["meaning"] = meaning
        refresh(tale)
