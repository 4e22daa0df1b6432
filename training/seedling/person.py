"""Turn a story about one hero into a story told as "I", or decline.

The rule works on narration only; what people say in quotation marks stays. It
returns None wherever a pronoun could mean somebody else or the grammar is unsure:
a story left out costs less than a story told wrongly.
"""

import re

from training.engine.teller import PAST

HERS = {"she": ("she", "herself"), "he": ("he", "himself")}
UNSURE_HER = r"\b(?:make|made|makes|making) her\b|\bher (?:[a-z]+ing|afraid|alone)\b"
SAME_GENDER = {
    "she": """mom mommy mum mummy mama mother grandma grandmother granny nana aunt
        auntie sister woman lady queen princess girls women teacher nurse witch fairy
        cat kitten doll daughter wife""",
    "he": """dad daddy papa father grandpa grandfather uncle brother man king prince
        boys men farmer doctor wizard cat dog bird puppy kitten bunny rabbit bear mouse
        fox frog lion wolf fish duck monkey elephant turtle squirrel teacher son
        husband driver""",
}
SAME_GENDER = {k: set(v.split()) for k, v in SAME_GENDER.items()}
# after these, "her" is the object ("saw her and"), before others it owns ("her dog")
AFTER_OBJECT = set(
    """to and that in on with for a an the if what not how as so but because up down
    back at from by of about when some very was again too where who why into out off
    away home inside outside until while before after every all something happy sad
    feel laugh smile better want go play cry safe or this""".split()
)
INTRO = re.compile(
    r"^(?:Once upon a time,? |One day,? |Once,? |Long ago,? )?"
    r"(?:in [^,.\"]*, )?(?:there (?:was|lived) )(?:once )?"
    r"(an? (?:[a-z]+,? ){0,3}?(?:girl|boy|child|kid)) (?:named|called) "
    r"(?P<name>[^\W\d_]+)(?P<rest>\.| who |, who )",
    re.IGNORECASE,
)
PRESENT = (
    r"\b(?:{who}) (?:is|has|does|wants|likes|loves|goes|sees|says|looks|can|runs)\b"
)


def gender_of(text: str, hero: str) -> str | None:
    intro = re.search(rf"\b(girl|boy) (?:named|called) {hero}\b", text)
    she = len(re.findall(r"\b(?:she|her)\b", text, re.IGNORECASE))
    he = len(re.findall(r"\b(?:he|his|him)\b", text, re.IGNORECASE))
    if intro:
        return "she" if intro.group(1) == "girl" else "he"
    if she >= 3 and she > 4 * he:
        return "she"
    return "he" if he >= 3 and he > 4 * she else None


def opening_as_i(text: str, hero: str) -> str:
    match = INTRO.match(text)
    if not match or match.group("name") != hero:
        return text
    who, rest = match.group(1), match.group("rest")
    if "who" in rest:
        return f"My name is {hero}. I was {who} who " + text[match.end() :]
    return f"My name is {hero}. I was {who}." + text[match.end() :]


def name_as_i(text: str, hero: str) -> str | None:
    text = re.sub(
        rf"\ban? (?:[a-z]+,? ){{0,3}}?(?:girl|boy|child|kid) (?:named|called) {hero}\b",
        hero,
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(rf"\b{hero} and (?:his|her) ([a-z]+)\b", r"my \1 and I", text)
    text = re.sub(rf"\b{hero} and (the|a) ([a-z]+)\b", r"\1 \2 and I", text)
    text = re.sub(rf"\b{hero}'s\b", "my", text)
    text = re.sub(
        rf"\b(said|asked|cried|shouted|replied|exclaimed|thought|whispered) {hero}\b",
        r"\1 I",
        text,
    )
    unsure = False

    def pronoun(match: re.Match[str]) -> str:
        nonlocal unsure
        before = text[: match.start()].rstrip()
        after = re.match(r"[ ,]*([a-z']+)", text[match.end() :])
        verb = after.group(1) if after else ""
        if verb in PAST or (verb.endswith("ed") and len(verb) > 3):
            return "I"
        word = re.search(r"([a-z]+)$", before)
        if word and word.group(1) in {"to", "with", "at", "for", "told", "gave", "saw"}:
            return "me"
        if word and word.group(1) in {"asked", "helped", "hugged", "near", "from"}:
            return "me"
        unsure = True
        return hero

    told = re.sub(rf"\b{hero}\b", pronoun, text)
    return None if unsure else told


def pronouns_as_i(text: str, gender: str) -> str | None:
    subject, own = HERS[gender]
    text = re.sub(rf"\b{own}\b", "myself", text, flags=re.IGNORECASE)
    text = re.sub(rf"\b{subject}\b", "I", text, flags=re.IGNORECASE)
    if gender == "he":
        if re.search(r"\bhis[.,!?]", text):
            return None
        text = re.sub(r"\bhim\b", "me", text)
        return re.sub(r"\b([Hh])is\b", lambda m: "My" if m[1] == "H" else "my", text)

    if re.search(UNSURE_HER, text):
        return None

    def her(match: re.Match[str]) -> str:
        following = re.match(r"\s*([\w']+|[^\w\s])", text[match.end() :])
        word = following.group(1) if following else "."
        is_object = not word[0].isalpha() or word in AFTER_OBJECT
        if match.group(0) == "Her":
            return "My"
        return "me" if is_object else "my"

    text = re.sub(r"\bhers\b", "mine", text)
    return re.sub(r"\b[Hh]er\b", her, text)


def capitalised(text: str) -> str:
    """Words that were put in front may now stand first in a sentence."""
    return re.sub(
        r"(^|[.!?] )(my|the|a)\b", lambda m: m.group(1) + m.group(2).capitalize(), text
    )


def narration_as_i(text: str, hero: str, gender: str) -> str | None:
    told = name_as_i(text, hero)
    told = told and pronouns_as_i(told, gender)
    return told and capitalised(told)


def first_person(paragraphs: list[str], hero: str) -> list[str] | None:
    """The paragraphs told as "I" by their one hero, or None where that is unsure."""
    whole = "\n".join(paragraphs)
    if any(p.count('"') % 2 for p in paragraphs):
        return None
    spoken_out = re.sub(r'"[^"]*"', '""', whole)
    gender = gender_of(spoken_out, hero)
    if not gender or re.search(r"\b(?:I|my|me|we|our)\b", spoken_out):
        return None
    after_intro = INTRO.sub("", spoken_out, count=1)
    words = set(re.findall(r"[a-z]+", after_intro.lower()))
    if words & SAME_GENDER[gender] or re.search(
        PRESENT.format(who=f"{gender}|{gender.capitalize()}|{hero}"), spoken_out
    ):
        return None
    if re.search(r"\bthe (?:[a-z]+ )?(?:girl|boy|child)\b", after_intro.lower()):
        return None
    told: list[str] = []
    for at, paragraph in enumerate(paragraphs):
        start = opening_as_i(paragraph, hero) if at == 0 else paragraph
        intro, body = "", start
        if start.startswith(f"My name is {hero}."):
            intro, body = f"My name is {hero}.", start[len(f"My name is {hero}.") :]
        pieces = body.split('"')
        for i in range(0, len(pieces), 2):
            if pieces[i].strip():
                piece = narration_as_i(pieces[i], hero, gender)
                if piece is None:
                    return None
                pieces[i] = piece
        told.append(intro + '"'.join(pieces))
    # "my mom and I ... they": the rule cannot tell who "they" are
    if " and I " in "\n".join(told) and re.search(r"\b[Tt]he(?:y|m|ir)\b", spoken_out):
        return None
    return told
