"""Does someone write that they may harm themselves? A list of phrases decides.

It knows English and Chinese only, and what is not on the list it does not see. It is
meant to miss little of what a person says of themselves, and to stay quiet about
villains, cakes and jokes.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


def may_need_help(text: str) -> bool:
    """True if some sentence of the text matches a phrase of danger."""
    text = _plain(text)
    return any(
        phrases.match(sentence)
        for phrases in _languages()
        for sentence in phrases.sentences(text)
    )


# --- making texts alike ---------------------------------------------------------------

_APOSTROPHES = dict.fromkeys(map(ord, "‘’‛ʼ＇`´′"), "'")
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»＂「」『』"), '"')
_LEET = str.maketrans("01345@$!", "oieasasi")
#: Simplified for traditional, as far as the phrases need it.
_SIMPLE = str.maketrans(
    "殺結沒無義遺書藥樓輕厭還會對個後開離讓們這麼難過錯負擔為誰與覺繼續應該實愛"
    "樣點體媽爸輩燒劃蝕斷幾樂處決試終準備買攔鐵軌邊臺說話時間頭關裡裏價給愿願"
    "勇氣礙連係彆別並聽飛從來貓東轉進選極傷慶徹躍橋頂攢懷歡笑溫熱飽餓醫護獨滿够夠"
    "寫觉觀當爾農飛圓圖國齊繩紅綁緊罰恆總變雙癒號嗎盡儘絕濟滅腦掙紮麽著煉戶"
    "窗戀覺尋較厲虐嚴爛夢強喪認識親屍髒討燙靜脈醜廢腳麼亂殘癮撐熬眾傢",
    "杀结没无义遗书药楼轻厌还会对个后开离让们这么难过错负担为谁与觉继续应该实爱"
    "样点体妈爸辈烧划蚀断几乐处决试终准备买拦铁轨边台说话时间头关里里价给愿愿"
    "勇气碍连系别别并听飞从来猫东转进选极伤庆彻跃桥顶攒怀欢笑温热饱饿医护独满够够"
    "写觉观当尔农飞圆图国齐绳红绑紧罚恒总变双愈号吗尽尽绝济灭脑挣扎么着炼户"
    "窗恋觉寻较厉虐严烂梦强丧认识亲尸脏讨烫静脉丑废脚么乱残瘾撑熬众家",
)


def _plain(text: str) -> str:
    """Without capitals, accents, hidden characters and typographic variety."""
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf"))
    text = unicodedata.normalize("NFKC", text).casefold()
    return text.translate(_APOSTROPHES).translate(_QUOTES).translate(_SIMPLE)


# --- sentences that match phrases -------------------------------------------------


@dataclass
class Phrases:
    """The phrases of one language."""

    danger: list[re.Pattern]
    #: Only if nobody else is the subject.
    of_oneself: list[re.Pattern]
    harmless: re.Pattern
    #: Pronouns that can be a subject; those of the first person are in `first`.
    subjects: re.Pattern
    first: frozenset[str]
    #: How far into a sentence without subject such a phrase may begin.
    soon: int

    def sentences(self, text: str) -> list[str]:
        raise NotImplementedError

    def match(self, sentence: str) -> bool:
        sentence = self.harmless.sub(" ; ", sentence)
        if any(pattern.search(sentence) for pattern in self.danger):
            return True
        return any(
            self.by_oneself(sentence, found.start())
            for pattern in self.of_oneself
            for found in pattern.finditer(sentence)
        )

    def by_oneself(self, sentence: str, start: int) -> bool:
        before = self.subjects.findall(sentence[:start])
        return before[-1] in self.first if before else start <= self.soon


@cache
def _languages() -> tuple["Phrases", ...]:
    return English.read(), Chinese.read()


def _lines(name: str) -> list[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


#: Someone else says it: "I want to die," she said. He whispered: "I want to die."
_ATTRIBUTED = (
    r"(?:said|says|whisper\w*|cried|cries|shout\w*|scream\w*|sobbed|moan\w*|mutter\w*"
    r"|gasp\w*|sigh\w*|groan\w*|wail\w*|yell\w*|repl(?:y|ied|ies)|answer\w*|murmur\w*"
    r"|beg(?:ged|s)?|plead\w*|call\w*|croak\w*|hiss\w*|growl\w*|roar\w*|snarl\w*"
    r"|laugh\w*|exclaim\w*|declar\w*|announc\w*|complain\w*|asked|asks|told|added)"
)
_OTHERS = r"(?:he|she|they|it|the \w+|(?:my|his|her|their|our|an?) \w+|(?!i\b)\w+)"


class English(Phrases):
    """English, word by word."""

    @classmethod
    def read(cls) -> "English":
        names: dict[str, str] = {}
        kinds: dict[str, list[str]] = {"": [], "~": [], "-": []}
        for line in _lines("phrases_en.txt"):
            if " = " in line:
                name, _equals, words = line.partition(" = ")
                names[name] = words
            elif line[:2] in ("- ", "~ "):
                kinds[line[0]].append(cls.pattern(line[2:], names))
            else:
                kinds[""].append(cls.pattern(line, names))
        return cls(
            danger=[re.compile(pattern) for pattern in kinds[""]],
            of_oneself=[re.compile(pattern) for pattern in kinds["~"]],
            harmless=re.compile("|".join(kinds["-"])),
            subjects=re.compile(r"\b(?:i|you|he|she|they|we|it|who)\b"),
            first=frozenset({"i"}),
            soon=24,
        )

    @staticmethod
    def pattern(line: str, names: dict[str, str]) -> str:
        for name, words in names.items():
            line = line.replace(name, words)
        pattern = ""
        for token in line.split():
            if token == "*":
                pattern += r"(?:[\w',]+ ){0,5}"
            elif token == "#":
                pattern += r"\d+ "
            elif token == "^":
                pattern += "^"
            elif token == "$":
                pattern += r"(?=$|[,;])"
            elif token.startswith("["):
                pattern += rf"(?:(?:{_either(token[1:-1])})(?:[ ,]+|(?=;|$)))?"
            else:
                pattern += rf"(?:{_either(token)})"
                pattern += "" if token.endswith("|$") else "(?:[ ,]+|(?=;|$))"
        return pattern if pattern.startswith("^") else r"\b" + pattern

    def sentences(self, text: str) -> list[str]:
        if not re.search("[a-z]", text):
            return []
        text = self.without_others_speech(text)
        text = _spelled_out(text)
        found = re.split(r"[.!?…;]+|\n\s*\n", text)
        return [s for s in map(_words, found) if s]

    @staticmethod
    def without_others_speech(text: str) -> str:
        said = rf'"[^"]{{1,400}}"(?=\s*(?:{_OTHERS} {_ATTRIBUTED}|{_ATTRIBUTED}'
        said += (
            rf' {_OTHERS})\b)|\b{_OTHERS} {_ATTRIBUTED}\b[^".!?]{{0,30}}"[^"]{{1,400}}"'
        )
        return re.sub(said, " . ", text) if '"' in text else text


def _either(words: str) -> str:
    options = [
        re.escape(word) if word != "$" else r"(?=$|[,;])" for word in words.split("|")
    ]
    return "|".join(option for option in options if option)


_SHORT_FORMS = [
    (r"\bcan ?'?t\b|\bcannot\b", "can not"),
    (r"\bwon'?t\b", "will not"),
    (r"\bshan'?t\b", "shall not"),
    (r"\b(do|does|did|is|are|was|were|would|could|should|have|has|had|need)n'?t\b",
     r"\1 not"),
    (r"\bain'?t\b", "am not"),
    (r"\bi'?m\b", "i am"),
    (r"\bi'?ve\b", "i have"),
    (r"\bi'd\b", "i would"),
    (r"\bi'll\b", "i will"),
    (r"\b(you|we|they)'re\b", r"\1 are"),
    (r"\b(he|she|it|that|there|what|life|everyone|nobody|one)'s\b", r"\1 is"),
    (r"\btheres\b", "there is"),
    (r"\bwhats\b", "what is"),
    (r"\b(\w+)'d\b", r"\1 would"),
    (r"\b(\w+)'ll\b", r"\1 will"),
    (r"\bwanna\b", "want to"),
    (r"\b(gonna|gunna)\b", "going to"),
    (r"\bgotta\b", "have to"),
    (r"\b(u)\b", "you"),
    (r"\bno-?one\b", "noone"),
    (r"\biwant\b", "i want"),
]  # fmt: skip


def _spelled_out(text: str) -> str:
    """Words as the phrase list has them."""
    # l.i.k.e t-h-i-s or l i k e t h i s
    text = re.sub(
        r"\b\w(?:[-_*.]\w\b){2,}", lambda m: re.sub(r"[-_*.]", "", m[0]), text
    )
    text = re.sub(r"(?<![\w'])(?:[a-z] +){3,}[a-z]\b", _joined, text)
    text = re.sub(
        r"(?<=[a-z])[01345@$!](?=[a-z])", lambda m: m[0].translate(_LEET), text
    )
    text = re.sub(r"([a-z])\1{2,}", r"\1", text)
    for pattern, words in _SHORT_FORMS:
        text = re.sub(pattern, words, text)
    return text


def _joined(found: re.Match) -> str:
    """Letters with blanks between them; wider gaps are those between words."""
    return " ".join(word.replace(" ", "") for word in re.split(" {2,}", found[0]))


def _words(sentence: str) -> str:
    sentence = re.sub(r"\s*[,:()–—/]+\s*|\s+-+\s+", " , ", sentence)
    sentence = sentence.replace("-", " ").replace("'", "")
    sentence = re.sub(r"[^a-z0-9, ]", " ", sentence.replace("\n", " "))
    return " ".join(sentence.split()).strip(" ,")


class Chinese(Phrases):
    """Chinese, character by character."""

    @classmethod
    def read(cls) -> "Chinese":
        kinds: dict[str, list[str]] = {"": [], "~": [], "-": []}
        for line in _lines("phrases_zh.txt"):
            kind = line[0] if line[:2] in ("- ", "~ ") else ""
            kinds[kind].append(cls.pattern(line[2:] if kind else line))
        return cls(
            danger=[re.compile(pattern) for pattern in kinds[""]],
            of_oneself=[re.compile(pattern) for pattern in kinds["~"]],
            harmless=re.compile("|".join(kinds["-"])),
            subjects=re.compile("我|你|您|他|她|它|谁|咱"),
            first=frozenset("我"),
            soon=10,
        )

    @staticmethod
    def pattern(line: str) -> str:
        line = re.sub(r"\[([^]]*)\]", r"(?:\1)?", line)
        line = re.sub(r"\((?!\?)", "(?:", line)
        return line.replace("..", "[^。！？；;]{0,6}?")

    def sentences(self, text: str) -> list[str]:
        if not re.search("[\u4e00-\u9fff]", text):
            return []
        text = re.sub(r"(?<=[\u4e00-\u9fff])[\s·.*_-]+(?=[\u4e00-\u9fff])", "", text)
        said = r'"[^"]{1,200}"(?=[^我。！？"]{0,8}(?:说|道|喊|叫|问|哭|答|吼|嘟囔|叹))'
        said += r'|[\u4e00-\u9fff][^我。！？"]{0,6}(?:说|道|喊|叫)[,:]"[^"]{1,200}"'
        text = re.sub(said, "。", text)
        return [s for s in re.split(r"[。！？!?;；…\n]+", text) if s]
