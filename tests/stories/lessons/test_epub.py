"""The book of a story, as the format wants it."""

import io
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree

import pytest

from stories.lessons.epub import book_of
from tests.factories import TaleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def book():
    tale = TaleFactory(title="Mira & the <lantern>")
    return book_of(tale)


def test_a_book_begins_as_every_book_must(book):
    with zipfile.ZipFile(io.BytesIO(book)) as box:
        first = box.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", 0)
        assert box.read("mimetype") == b"application/epub+zip"
        assert first.extra == b""


def test_every_page_is_well_formed_and_every_file_is_named(book):
    with zipfile.ZipFile(io.BytesIO(book)) as box:
        for name in box.namelist():
            if name.endswith((".xhtml", ".opf", ".xml")):
                ElementTree.fromstring(box.read(name))
        package = ElementTree.fromstring(box.read("book/package.opf"))
        items = package.findall(".//{*}manifest/{*}item")
        named = {f"book/{item.get('href')}" for item in items}
        there = {n for n in box.namelist() if n.startswith("book/")}
        assert named == there - {"book/package.opf"}


def test_the_title_is_text_and_a_machine_is_named_as_the_writer(book):
    with zipfile.ZipFile(io.BytesIO(book)) as box:
        story = box.read("book/story.xhtml").decode()

    assert "Mira &amp; the &lt;lantern&gt;" in story
    assert "Written by a machine" in story


EPUBCHECK = shutil.which("epubcheck")


@pytest.mark.skipif(EPUBCHECK is None, reason="NO EPUBCHECK on this machine")
def test_epubcheck_finds_nothing(book, tmp_path):
    file = tmp_path / "story.epub"
    file.write_bytes(book)
    # Debian's is a jar, which runs by itself only where more than Java is installed.
    alone = ["java", "-jar"] if zipfile.is_zipfile(EPUBCHECK) else []
    check = [*alone, EPUBCHECK, "--failonwarnings", file]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
