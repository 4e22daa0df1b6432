"""The text of a file a person brings: .txt, .md, .docx or .epub.

A file is data from outside: nothing in it is run or fetched, and what it unpacks to is
limited while it is unpacked.
"""

import io
import posixpath
import re
import zipfile
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

KINDS = (".txt", ".md", ".docx", ".epub")
LARGEST_FILE = 10 * 2**20
LARGEST_UNPACKED = 40 * 2**20
MOST_PARTS = 3000
LONGEST_TEXT = 4_000_000  # characters: some forty novels

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_PACKAGE = "{http://www.idpf.org/2007/opf}"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Unreadable(Exception):
    """What is wrong with the file, in a sentence for who brought it."""


def read_text(name: str, content: bytes) -> str:
    """The plain text, paragraphs apart by an empty line. Raises Unreadable."""
    kind = posixpath.splitext(name.lower())[1]
    if kind not in KINDS:
        raise Unreadable(_("Bring a .txt, .md, .docx or .epub file."))
    if len(content) > LARGEST_FILE:
        raise Unreadable(_("That file is larger than 10 MB."))
    try:
        if kind == ".docx":
            text = _docx(content)
        elif kind == ".epub":
            text = _epub(content)
        else:
            text = _plain(content, is_markdown=kind == ".md")
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, NotImplementedError):
        raise Unreadable(_("That file is damaged or not what it says.")) from None
    except (RuntimeError, OSError, RecursionError, ValueError):
        # zipfile: encrypted, or a compression nobody uses
        raise Unreadable(_("That file cannot be opened.")) from None
    text = _UNSTORABLE.sub("", text).strip()
    if not text:
        raise Unreadable(_("There are no words in that file."))
    if len(text) > LONGEST_TEXT:
        raise Unreadable(_("That text is too long: bring it in parts."))
    return text


def _plain(content: bytes, is_markdown: bool) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="strict")
    elif b"\x00" in content:
        raise Unreadable(_("That is not a text file."))
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    odd = sum(not char.isprintable() and char not in "\r\n\t\f" for char in text)
    if odd > len(text) / 100:
        raise Unreadable(_("That is not a text file."))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unwrapped(without_marks(text) if is_markdown else text)


def unwrapped(text: str) -> str:
    """Lines broken at a width are joined; lines that were meant are left."""
    paragraphs = re.split(r"\n\s*\n", text)
    lines = [line for each in paragraphs for line in each.split("\n")[:-1]]
    wide = [line for line in lines if 50 <= len(line.rstrip()) <= 90]
    if not lines or len(wide) < 0.6 * len(lines):
        return text
    return "\n\n".join(re.sub(r"[ \t]*\n[ \t]*", " ", each) for each in paragraphs)


def without_marks(text: str) -> str:
    """Markdown as it would be read aloud."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^```.*?^```\s*$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^\s{0,3}(#{1,6}|>)[ \t]*", "", text, flags=re.MULTILINE)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    return re.sub(r"(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1", r"\2", text)


# --- packed files --------------------------------------------------------------


class Box:
    """A zip file that cannot unpack to more than it may."""

    def __init__(self, content: bytes) -> None:
        self.packed = zipfile.ZipFile(io.BytesIO(content))
        if len(self.packed.infolist()) > MOST_PARTS:
            raise Unreadable(_("That file has too many parts."))
        self.left = LARGEST_UNPACKED

    def read(self, name: str) -> bytes:
        with self.packed.open(name) as part:
            content = part.read(self.left + 1)
        self.left -= len(content)
        if self.left < 0:
            raise Unreadable(_("That file unpacks to far more than a text."))
        return content

    def xml(self, name: str) -> Element:
        content = self.read(name)
        if b"<!ENTITY" in content or b"<!DOCTYPE" in content:
            raise Unreadable(_("That file holds declarations that are not read here."))
        return ElementTree.fromstring(content)


def _docx(content: bytes) -> str:
    body = Box(content).xml("word/document.xml")
    paragraphs = []
    for paragraph in body.iter(f"{_WORD}p"):
        words = []
        for part in paragraph.iter():
            if part.tag == f"{_WORD}t":
                words.append(part.text or "")
            elif part.tag in (f"{_WORD}br", f"{_WORD}cr"):
                words.append("\n")
            elif part.tag == f"{_WORD}tab":
                words.append(" ")
        paragraphs.append("".join(words).strip())
    return "\n\n".join(filter(None, paragraphs))


def _epub(content: bytes) -> str:
    box = Box(content)
    container = box.xml("META-INF/container.xml")
    root = container.find(f".//{_CONTAINER}rootfile")
    if root is None:
        raise KeyError("rootfile")
    where = root.get("full-path", "")
    package = box.xml(where)
    files = {
        item.get("id"): item.get("href", "")
        for item in package.iter(f"{_PACKAGE}item")
        if "html" in item.get("media-type", "")
    }
    chapters = []
    for item in package.iter(f"{_PACKAGE}itemref"):
        if href := files.get(item.get("idref")):
            name = posixpath.normpath(
                posixpath.join(posixpath.dirname(where), unquote(href.split("#")[0]))
            )
            chapters.append(text_of(box.read(name).decode("utf-8", errors="replace")))
    return "\n\n".join(filter(None, chapters))


class _Paragraphs(HTMLParser):
    BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "tr"}
    SILENT = {"script", "style", "head", "title", "svg"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = [""]
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        if tag in self.SILENT:
            self.silent += 1
        elif tag == "br":
            self.found[-1] += "\n"
        elif tag in self.BLOCKS:
            self.found.append("")

    def handle_endtag(self, tag):
        if tag in self.SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in self.BLOCKS:
            self.found.append("")

    def handle_data(self, data):
        if not self.silent:
            self.found[-1] += re.sub(r"\s+", " ", data)


def text_of(page: str) -> str:
    """The paragraphs of a page of HTML; its scripts and styles are left out."""
    reader = _Paragraphs()
    reader.feed(page)
    reader.close()
    return "\n\n".join(filter(None, (each.strip() for each in reader.found)))
