"""Where a sentence ends. What is said in quotes stays with who says it."""

import re

_ABBREVIATIONS = frozenset("mr mrs ms dr st prof sr jr vs etc no".split())
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_OPENS = re.compile(r"\s+[\"'“‘«(\[—–-]*\s?[^\W_a-z]")
_LAST_WORD = re.compile(r"([^\W\d_]+)\.+$")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def split(text: str) -> list[str]:
    sentences = []
    for line in re.split(r"\n+", text):
        start = 0
        for end in _END.finditer(line):
            if not goes_on(line, start, end):
                sentences.append(line[start : end.end()].strip())
                start = end.end()
        sentences.append(line[start:].strip())
    return [sentence for sentence in sentences if sentence]


def goes_on(line: str, start: int, end: re.Match[str]) -> bool:
    """Is the mark inside a sentence: "Stop!" she said; Dr. Varga; a quoted text?"""
    rest = line[end.end() :]
    if not rest.strip():
        return False
    if not _OPENS.match(rest) or is_open(line[start : end.end()]):
        return True
    last = _LAST_WORD.search(line[: end.end()])
    return bool(last and end.group() == "." and last[1].lower() in _ABBREVIATIONS)


def is_open(text: str) -> bool:
    """Something is being said and the quotes have not closed."""
    return text.count("“") > text.count("”") or text.count('"') % 2 == 1


def is_whole(sentence: str) -> bool:
    return bool(_END.search(sentence[-4:])) and not is_open(sentence)


def words_of(text: str) -> list[str]:
    return _TOKEN.findall(text)
