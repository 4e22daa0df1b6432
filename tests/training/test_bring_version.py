"""A voice that was taken along comes back through the integrity gate, or not at all."""

import io
import zipfile

import pytest

from tests.training.adapters import make_adapter
from training import voices
from training.models import Adapter
from training.services import engine
from training.voices.arriving import CONFIG, WEIGHTS
from training.voices.versions import packed

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path):
    folder = make_adapter(tmp_path / "made", 1)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def zipped(files):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return box.getvalue()


def brought(person, content):
    adapter = voices.bring_version(person=person, content=content)
    voices.check_version(adapter=adapter)
    adapter.refresh_from_db()
    return adapter


def test_what_was_taken_along_can_be_brought_back_and_used(wren, tiny, files):
    adapter = brought(wren, zipped(files))
    assert adapter.checked == "passed", adapter.note
    assert adapter.fingerprint == engine().fingerprint
    voices.use_version(adapter=adapter)
    speaking = voices.speaking_for(person_id=wren.pk, engine=engine())
    assert speaking.label == adapter.label
    again = brought(wren, packed(adapter=adapter))
    assert (again.checked, again.number) == ("passed", 2)


def test_what_does_not_pass_is_deleted_and_never_speaks(wren, tiny, files):
    adapter = brought(wren, zipped(files | {WEIGHTS: files[WEIGHTS][:-50]}))
    assert adapter.checked == "refused" and "damaged" in adapter.note
    assert not adapter.folder.exists()
    with pytest.raises(voices.Refused):
        voices.use_version(adapter=adapter)


def test_before_it_is_checked_it_does_not_speak(wren, tiny, files):
    adapter = voices.bring_version(person=wren, content=zipped(files))
    with pytest.raises(voices.Refused, match="check"):
        voices.use_version(adapter=adapter)


@pytest.mark.parametrize(
    "change",
    [
        {"adapter_model.bin": b"\x80\x04."},
        {"../../evil": b"x"},
        {"/etc/evil": b"x"},
        {CONFIG: None},
        {WEIGHTS: None},
        {WEIGHTS: b"\0" * (65 * 2**20)},
    ],
    ids=["pickle", "traversal", "absolute", "no config", "no weights", "bomb"],
)
def test_a_box_that_holds_anything_else_is_not_even_unpacked(wren, tiny, files, change):
    files = {n: c for n, c in (files | change).items() if c is not None}
    with pytest.raises(voices.Refused):
        voices.bring_version(person=wren, content=zipped(files))
    assert not Adapter.objects.exists() and not (tiny.VAR / "voices").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"I was six."])
def test_what_is_no_zip_file_is_refused(wren, tiny, content):
    with pytest.raises(voices.Refused):
        voices.bring_version(person=wren, content=content)
