"""Files from outside: read as text, and nothing else."""

import io
import zipfile

import pytest

from training.learning.reading import (
    LARGEST_FILE,
    Unreadable,
    read_text,
    text_of,
    unwrapped,
    without_marks,
)

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><manifest>
<item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text%2Ftwo.xhtml" media-type="application/xhtml+xml"/>
<item id="css" href="style.css" media-type="text/css"/></manifest>
<spine><itemref idref="two"/><itemref idref="one"/></spine></package>"""


def packed(**parts):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name.replace("__", "/"), content)
    return box.getvalue()


def docx(body):
    xml = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return packed(**{"word/document.xml": xml})


def test_plain_text_in_its_usual_encodings():
    for content in (
        "Čapek’s café".encode(),
        "\ufeffČapek’s café".encode(),
        "Čapek’s café".encode("utf-16"),
    ):
        assert read_text("a.txt", content) == "Čapek’s café"
    assert read_text("a.TXT", "café’s".encode("cp1252")) == "café’s"


def test_lines_broken_at_a_width_are_joined_and_verses_are_not():
    prose = "It was a long way down to the river, and my brother would not come\n"
    assert unwrapped(prose * 3 + "with me.\n\nI went alone.").count("\n") == 2
    verse = "I went\nalone\n\nto the river\nalone"
    assert unwrapped(verse) == verse


def test_markdown_is_read_as_it_would_be_aloud():
    text = "# One\n\n> I *was* **six**, [see](http://x).\n\n![a](b.png)\n\n```\nx\n```"
    assert without_marks(text).split() == ["One", "I", "was", "six,", "see."]


def test_a_word_file_gives_its_paragraphs():
    body = (
        "<w:p><w:r><w:t>I was </w:t></w:r><w:r><w:t>six.</w:t></w:r></w:p>"
        "<w:p/><w:p><w:r><w:t>It</w:t><w:br/><w:t>rained.</w:t></w:r></w:p>"
    )
    assert read_text("a.docx", docx(body)) == "I was six.\n\nIt\nrained."


def test_an_epub_gives_its_chapters_in_order():
    page = "<!DOCTYPE html><html><head><title>No</title></head><body>{}</body></html>"
    book = packed(
        **{
            "META-INF/container.xml": CONTAINER,
            "OEBPS/book.opf": PACKAGE,
            "OEBPS/text/one.xhtml": page.format("<p>Then &amp; there.</p>"),
            "OEBPS/text/two.xhtml": page.format("<h1>One</h1><p>I\n was six.</p>"),
        }
    )
    assert read_text("a.epub", book) == "One\n\nI was six.\n\nThen & there."


def test_scripts_in_a_page_are_no_text():
    page = "<p>a<script>alert(1)</script><style>p{}</style></p><p>b</p>"
    assert text_of(page) == "a\n\nb"


BOMB = packed(**{"word/document.xml": b"<a>" + b" " * 60_000_000})
XXE = """<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>"""
LAUGHS = """<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>"""
ESCAPING = PACKAGE.replace("text/one.xhtml", "../../../etc/passwd")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("noname", b"I was six."),
        ("a.txt", b""),
        ("a.txt", b" \n\t "),
        ("a.txt", bytes(range(256)) * 20),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("a.txt", b"a" * (LARGEST_FILE + 1)),
        ("a.md", b"\xff\xfea"),
        ("a.docx", b"I was six."),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docx", packed(**{"other.xml": "<a/>"})),
        ("a.docx", docx("<w:p>")),
        ("a.docx", docx("")),
        ("a.docx", packed(**{"word/document.xml": XXE})),
        ("a.docx", packed(**{"word/document.xml": LAUGHS})),
        ("a.docx", BOMB),
        ("a.epub", packed(**{"META-INF/container.xml": "<a/>"})),
        ("a.epub", packed(**{"META-INF/container.xml": XXE})),
        ("a.epub", packed(**{"META-INF/container.xml": CONTAINER})),
        (
            "a.epub",
            packed(**{"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": ESCAPING}),
        ),
    ],
    ids=range(20),
)
def test_what_cannot_be_read_is_said_in_a_sentence(name, content):
    with pytest.raises(Unreadable) as refused:
        read_text(name, content)
    assert str(refused.value).endswith(".")


def test_a_file_with_too_many_parts_is_refused():
    with pytest.raises(Unreadable, match="too many"):
        read_text("a.docx", packed(**{f"p{n}": "" for n in range(3500)}))


def test_what_no_database_takes_is_left_out():
    assert read_text("a.md", b"I was\x0c six.") == "I was\x0c six."
    assert "\ud800" not in read_text("a.txt", "a\ufffdb".encode())
