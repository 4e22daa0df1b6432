"""Cut a passage into sentences. Dialogue stays with the words that carry it."""

import re

ABBREVIATIONS = frozenset(
    "mr mrs ms dr st prof sr jr capt sgt lt col gen rev hon no vs etc".split()
)
# An end mark, or several, with the quotes and brackets that close behind it.
END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)")
LINE_BREAK = re.compile(r"\n\s*\n|\n")
# A new sentence opens with a capital or a digit, perhaps behind a quote or a dash.
OPENS = re.compile(r"\s+[\"'“‘«(\[—–-]*\s?[^\W_a-z]")
LAST_WORD = re.compile(r"([^\W\d_]+)\.+$")


def split_sentences(text: str) -> list[str]:
    sentences = []
    for line in LINE_BREAK.split(text):
        start = 0
        for end in END.finditer(line):
            if goes_on(line, end):
                continue
            sentences.append(line[start : end.end()].strip())
            start = end.end()
        sentences.append(line[start:].strip())
    return [sentence for sentence in sentences if sentence]


def goes_on(line: str, end: re.Match[str]) -> bool:
    """Is this mark inside one: "Stop!" she said, Dr. Varga, J. Smith, so... on?"""
    rest = line[end.end() :]
    if rest.strip() and not OPENS.match(rest):
        return True
    last = LAST_WORD.search(line[: end.end()])
    if not last or not rest.strip() or end.group() != ".":
        return False
    word = last.group(1)
    return word.lower() in ABBREVIATIONS or (len(word) == 1 and word not in "I")
