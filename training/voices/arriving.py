"""A version its owner took along comes back: unpacked here, checked by a process.

The file is data from outside: only two names are read from it, and nothing speaks
before the integrity gate has passed it.
"""

import io
import json
import shutil
import subprocess
import sys
import zipfile
import zlib

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from training import tasks
from training.learning.apart import ROOT
from training.models import Adapter
from training.services import fitting
from training.voices.refused import Refused

CONFIG, WEIGHTS, CARD = "adapter_config.json", "adapter_model.safetensors", "README.md"
LARGEST = 64 * 2**20
COMMAND = [sys.executable, "-W", "ignore", "-m", "training.engine.local.check"]
PATIENCE = 300  # seconds a large model may take to be loaded


def bring_version(*, person, content: bytes) -> Adapter:
    """Lay it beside the person's versions, waiting to be checked."""
    parts = _parts(content)
    adapter = Adapter(person=person, checked=Adapter.Checked.WAITING, model="")
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=person.pk)
        mine = Adapter.objects.owned_by(person)
        adapter.number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
        adapter.save()
        adapter.folder.mkdir(parents=True, mode=0o700)
        for name, part in parts.items():
            (adapter.folder / name).write_bytes(part)
        transaction.on_commit(lambda: tasks.check_version.delay(str(adapter.pk)))
    return adapter


def _parts(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            names = set(box.namelist())
            if not {CONFIG, WEIGHTS} <= names or names - {CONFIG, WEIGHTS, CARD}:
                raise Refused(
                    _("A voice is a zip file with %(config)s and %(weights)s in it.")
                    % {"config": CONFIG, "weights": WEIGHTS}
                )
            return {name: _part(box, name) for name in (CONFIG, WEIGHTS)}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, OSError):
        raise Refused(_("That file is damaged or not what it says.")) from None


def _part(box: zipfile.ZipFile, name: str) -> bytes:
    with box.open(name) as packed:
        part = packed.read(LARGEST + 1)
    if len(part) > LARGEST:
        raise Refused(_("That voice is too large."))
    return part


def check_version(*, adapter: Adapter) -> None:
    """Let it be used, or say why not and delete its files."""
    options = fitting()
    command = [*COMMAND, options["model"], options["device"], str(adapter.folder)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
        )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError, OSError):
        found = {"error": _("This voice could not be checked.")}
    mine = Adapter.objects.filter(pk=adapter.pk, checked=Adapter.Checked.WAITING)
    if "error" in found:
        shutil.rmtree(adapter.folder, ignore_errors=True)
        mine.update(checked=Adapter.Checked.REFUSED, note=found["error"][:200])
    else:
        mine.update(
            checked=Adapter.Checked.PASSED,
            fingerprint=found["fingerprint"],
            model=found["model"][:200],
            note=_("You brought it."),
        )
    if not Adapter.objects.filter(pk=adapter.pk).exists():  # forgotten meanwhile
        shutil.rmtree(adapter.folder, ignore_errors=True)
