"""An experience that a person noted down as "I", told of whoever tells the story.

The header gives it in the teller's own person: a model then tells it in the header's
words, and a small one need not turn every "my" into "her" by itself.
"""

import re

PRONOUNS = {  # teller: subject, object, possessive, standing alone, self
    "she": ("she", "her", "her", "hers", "herself"),
    "he": ("he", "him", "his", "his", "himself"),
    "they": ("they", "them", "their", "theirs", "themselves"),
}
OURS = {"we": "they", "us": "them", "our": "their", "ours": "theirs"}
#: What may follow "I" and "she" alike: verbs, and words before a verb.
PAST = frozenset(
    """was had went said saw felt ran came took got made found gave knew thought told
    began could would did didn't wasn't couldn't wouldn't hadn't put sat stood kept
    left heard held let fell woke ate drank sang swam flew drew wrote built bought
    brought caught chose drove forgot grew hid hit hurt led lost met paid read rode
    rang rose sent shook shut slept spoke spent threw understood wore won climbed must
    might should will also never always really still just finally quickly slowly then
    soon carefully happily loved liked wanted""".split()
)
IRREGULAR = frozenset(
    """were weren't beat became bent bit bled blew broke burnt burst clung crept cut
    dealt dreamt dug fed fled flung forgave fought froze hung knelt laid lay learnt lent
    lit meant quit sank sewed shone shot shrank slid slung sold sought split sprang
    spread spun stole stuck stung struck swept swore swung taught tore trod wept wound
    shouldn't""".split()
)
ADVERBS = (
    "also|never|always|really|still|just|finally|quickly|slowly|then|soon|once|"
    "carefully|happily"
)
VERB = re.compile(rf"(?:'d\b| (?:(?:{ADVERBS}) )*(?P<verb>[a-z']+))")
#: Two of these, and a line is English.
ENGLISH = frozenset("I my we our the a an and was were to of in on at".split())
PRESENT = re.compile(
    r"\bI (?:am|have|do|don't|can|can't|will|know|think|want|shall|may|say|see|feel|"
    r"remember|suppose|believe|mean|hope|like|love|need|confess|fear|find|take)\b|"
    r"\bI'(?:m|ve|ll)\b|\bwe (?:are|have|do|will)\b|\bwe're\b|\bam\b",
    re.IGNORECASE,
)
#: Speech, somebody spoken to, a coal mine, My Lai, the US.
UNSURE = re.compile(
    r"[\"“”«»]|\b[Yy]ou(?:rs?|'\w+)?\b|\b(?:an?|the|coal|gold|old) mines?\b|"
    r"(?<=[\w,;] )(?:My|We|Our|Us|Me)\b|\bUS\b"
)
FIRST = re.compile(r"\b(?:I|[Mm](?:yself|ine|y|e)|[Ww]e|us|[Oo]ur(?:selves|s)?)\b")
START = re.compile(r"(?:^|[.!?…] )$")


def told_of(line: str, teller: str, hero: str | None = None) -> str | None:
    """The experience `line` told of `teller` ("I", "she", "he" or "they").

    `hero` takes the place of the first "I", or owns the first "my". None where the
    grammar is unsure: in another tense or language, where somebody speaks or is spoken
    to. A sentence left as it is costs less than one told wrongly.
    """
    line = line.replace("’", "'")
    if UNSURE.search(line) or PRESENT.search(line) or not is_english(line):
        return None
    subjects = [m for m in FIRST.finditer(line) if m[0] in ("I", "We", "we")]
    if not all(is_past(line[match.end() :]) for match in subjects):
        return None
    if teller not in PRONOUNS:
        return line
    if teller == "they":
        line = re.sub(r"\bI was\b", "I were", re.sub(r"\bI wasn't", "I weren't", line))
    return _turned(line, teller, hero)


def is_english(line: str) -> bool:
    words = {word if word == "I" else word.lower() for word in re.findall(r"\w+", line)}
    return len(words & ENGLISH) > 1


def is_past(after: str) -> bool:
    """Whether what comes after "I" would stand after "she" as well."""
    found = VERB.match(after)
    verb = found["verb"] if found else ""
    if verb is None:  # "I'd"
        return True
    return verb in PAST or verb in IRREGULAR or verb.endswith("ed")


def _turned(line: str, teller: str, hero: str | None) -> str:
    subject, object_, possessive, alone, self_ = PRONOUNS[teller]
    words = {"i": subject, "me": object_, "my": possessive, "mine": alone}
    words |= {"myself": self_, "ourselves": "themselves", **OURS}
    named = not hero

    def said(match: re.Match[str]) -> str:
        nonlocal named
        word = match[0].lower()
        if not named and word in ("i", "my"):
            named = True
            return f"{hero}" if word == "i" else f"{hero}'s"
        named = named or word == "we"
        starts = match[0][0].isupper() and START.search(line[: match.start()])
        return words[word].capitalize() if starts else words[word]

    return FIRST.sub(said, line)
