"""What a story is about, by plain rules: the header and ask lines it is taught with."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from training.seedling.corpus import Story, sentences_of

WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
QUOTED = re.compile(r'"[^"]*"')

NOT_NAMES = set(
    """Mom Mommy Mum Mummy Mama Mother Dad Daddy Papa Father Grandma Grandpa Granny
    Grandmother Grandfather Nana Aunt Auntie Uncle Mr Mrs Ms Miss Dr Sir Madam Lord
    Lady God Jesus Christmas Easter Halloween I Yes No Oh Ok OK Wow Hey Hi Hello Bye
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March
    April May June July August September October November December English French
    German American Indian African The A And But Once One Then Please Thank Thanks Sorry
    Good Happy Hooray Yay TV Mister King Queen Prince Princess Captain Doctor Teacher
    """.split()
)
PLACE_NOUNS = set(
    """park forest house school garden beach river room kitchen farm market shop store
    village town city castle zoo lake sea ocean mountain hill field yard backyard woods
    jungle meadow playground library hospital museum bedroom barn cave island bridge
    street road attic valley desert pond office station train church cottage harbour
    harbor palace classroom pool restaurant bakery bus boat ship hut home""".split()
)
NOT_THINGS = (
    set(
        """mom mommy dad daddy mother father boy girl man woman child children friend
    friends people person family time day days way thing things lot bit one name
    morning night evening week year years end side mind voice word words moment while
    other others same first last next hand hands head face eyes life rest part kind
    idea place brother sister grandma grandpa world little back own something
    anything mum mama papa""".split()
    )
    | PLACE_NOUNS
)
VALUES = {
    "kindness": "kind kindness kindly generous",
    "courage": "brave courage bravery bravely courageous",
    "honesty": "honest honesty truth truthful",
    "patience": "patient patience patiently",
    "friendship": "friend friends friendship",
    "sharing": "share shared sharing",
    "helping": "help helped helping helpful",
    "curiosity": "curious curiosity explore explored",
    "family": "family grandma grandpa grandmother grandfather",
    "forgiveness": "forgive forgave forgiven forgiveness apologized",
    "perseverance": "practice practiced persevered perseverance determined",
    "gratitude": "grateful thankful gratitude",
    "humility": "humble humility",
    "wisdom": "wise wisdom",
}
TONES = ("joyful", "tender", "hopeful", "wistful", "tense", "sad", "neutral")


@dataclass
class Lexicon:
    """Counts over the whole corpus that tell names and things from other words."""

    names: set[str] = field(default_factory=set)
    things: set[str] = field(default_factory=set)


@dataclass
class Labels:
    people: list[str]
    places: list[str]
    things: list[str]
    values: list[str]
    form: str
    level: str


def narration(text: str) -> str:
    """The text without what people in it say."""
    return QUOTED.sub('""', text)


def mid_sentence_capitals(sentence: str) -> list[str]:
    found = []
    for match in WORD.finditer(sentence):
        before = sentence[: match.start()].rstrip(" ")
        word = match.group(0).split("'")[0]
        opens = not before or before[-1] in "\"'.!?:(-*"
        if word[:1].isupper() and not word.isupper() and not opens:
            found.append(word)
    return found


def lexicon_of(stories: Iterable[Story]) -> Lexicon:
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    noun: Counter[str] = Counter()
    # a noun stands after an article and before a stop, a verb or a joining word
    after_article = re.compile(
        r"\b(?:a|an|the|my|his|her|their|your|our) ([a-z]{3,14})"
        r"(?=[.,!?]| (?:and|was|is|in|on|to|that|with|for|had|of|said|at|from|were)\b)"
    )
    for story in stories:
        for paragraph in story.paragraphs:
            for sentence in paragraph:
                capital.update(mid_sentence_capitals(sentence))
                small.update(re.findall(r"\b[a-z]{2,}\b", sentence))
                noun.update(after_article.findall(sentence))
    names = {
        word
        for word, n in capital.items()
        if word not in NOT_NAMES and len(word) > 1 and n > 1.5 * small[word.lower()]
    }
    things = {
        word
        for word, n in noun.items()
        if n >= 8 and n > 0.18 * small[word] and word not in NOT_THINGS
    }
    return Lexicon(names, things)


def name_counts(story: Story, lexicon: Lexicon) -> Counter[str]:
    found: Counter[str] = Counter()
    for paragraph in story.paragraphs:
        for sentence in paragraph:
            found.update(
                w for w in mid_sentence_capitals(sentence) if w in lexicon.names
            )
    return found


def people_and_places(story: Story, lexicon: Lexicon) -> tuple[list[str], list[str]]:
    people, places = [], []
    for name, _ in name_counts(story, lexicon).most_common(8):
        whole = re.findall(rf"\b{name}\b", story.text)
        located = re.findall(rf"\b(?:in|from|near|of|across) {name}\b", story.text)
        if len(located) * 2 >= len(whole):
            places.append(name)
        elif len(whole) >= 2:
            people.append(name)
    return people, places


def place_nouns(text: str) -> list[str]:
    found = Counter(
        re.findall(r"\b(?:the|a|an|my|his|her|their|our) ([a-z]+)\b", text.lower())
    )
    return [w for w, n in found.most_common() if w in PLACE_NOUNS and n >= 2][:2]


def key_things(text: str, lexicon: Lexicon) -> list[str]:
    found = Counter(re.findall(r"\b[a-z]+\b", text))
    return [w for w, n in found.most_common() if n >= 2 and w in lexicon.things][:5]


def values_of(text: str) -> list[str]:
    words = Counter(WORD.findall(text.lower()))
    scored = {v: sum(words[w] for w in ws.split()) for v, ws in VALUES.items()}
    return [v for v, n in sorted(scored.items(), key=lambda i: -i[1]) if n >= 2][:2]


def form_of(text: str) -> str:
    months = "January|February|March|April|May|June|July|August|September|October"
    if re.match(rf"(?:{months}|November|December)\.? \d|\w+day[,.]", text):
        return "diary"
    if re.match(r"(?:My )?[Dd]ear(?:est)? ", text) or re.search(
        r"\n(?:Yours|Your [a-z]+|Ever yours|Affectionately)\b", text
    ):
        return "letter"
    return "story"


def level_of_text(text: str) -> str:
    return level_of_sentences(sentences_of(text))


def level_of(story: Story) -> str:
    return level_of_sentences([s for p in story.paragraphs for s in p])


def level_of_sentences(sentences: list[str]) -> str:
    words = [w for s in sentences for w in s.split()]
    long = len(words) / max(1, len(sentences)) + 4 * sum(map(len, words)) / len(words)
    return "simple" if long < 28.5 else "plain" if long < 36 else "rich"


#: What a teller calls themselves, or those told of.
SAID = {
    "I": ("i", "my", "me", "i'm"),
    "he": ("he", "his", "him"),
    "she": ("she", "her"),
    "they": ("they", "their", "them"),
}


def teller_of(text: str) -> str | None:
    words = Counter(WORD.findall(narration(text).lower()))
    counts = {teller: sum(words[w] for w in said) for teller, said in SAID.items()}
    if counts["I"] >= 3:
        return "I"
    best = max(counts, key=lambda k: counts[k])
    return best if counts[best] >= 2 else None


def length_of(text: str) -> str:
    words = len(text.split())
    return "short" if words <= 40 else "medium" if words <= 90 else "long"


def labels_of(story: Story, lexicon: Lexicon) -> Labels:
    people, places = people_and_places(story, lexicon)
    text = story.text
    return Labels(
        people,
        places + place_nouns(text),
        key_things(text, lexicon),
        values_of(text),
        form_of(text),
        level_of(story),
    )
