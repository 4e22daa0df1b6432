"""Which version speaks: go back to one, speak without any, forget one for good."""

import io
import zipfile

from django.db import transaction
from django.utils.translation import gettext as _

from training.models import Adapter, Voice
from training.privacy import with_folders
from training.voices.consent import voice_of
from training.voices.refused import Refused


def use_version(*, adapter: Adapter) -> None:
    """From the next passage on. Going back is the same as going forward."""
    if adapter.disabled:
        raise Refused(_("This version was disabled by an admin."))
    if adapter.checked != Adapter.Checked.PASSED:
        raise Refused(_("This version has not passed its check."))
    if not adapter.folder.is_dir():
        raise Refused(_("The files of this version are gone."))
    voice = voice_of(adapter.person)
    voice.adapter = adapter
    voice.save(update_fields=["adapter", "changed_at"])


def in_use(*, person_id: int) -> Adapter | None:
    """The version that speaks for a person now."""
    voice = Voice.objects.filter(person_id=person_id).select_related("adapter__after")
    found = voice.first()
    return found.adapter if found else None


def step_back(*, adapter: Adapter) -> None:
    """Let the version before it speak again; its owner is told why on their page."""
    Voice.objects.filter(person=adapter.person_id, adapter=adapter).update(
        adapter=adapter.after if adapter.after and not adapter.after.disabled else None
    )
    adapter.note = _(
        "Set aside by itself: you changed or rejected its passages more often than "
        "those before."
    )
    adapter.save(update_fields=["note"])


def speak_plainly(*, person) -> None:
    """The bare model again; every version is kept."""
    voice = voice_of(person)
    voice.adapter = None
    voice.save(update_fields=["adapter", "changed_at"])


def packed(*, adapter: Adapter) -> bytes:
    """The two PEFT files and a card, for their owner to take along."""
    box = io.BytesIO()
    try:
        with zipfile.ZipFile(box, "w") as zipped:
            for path in sorted(adapter.folder.iterdir()):
                zipped.write(path, path.name)
            zipped.writestr("README.md", card(adapter))
    except OSError:
        raise Refused(_("The files of this version are gone.")) from None
    return box.getvalue()


def card(adapter: Adapter) -> str:
    return f"""# Version {adapter.number} of a voice

A LoRA adapter for the model {adapter.model} (fingerprint {adapter.fingerprint}),
learnt from {adapter.words} words of one person. Open it with
`peft.PeftModel.from_pretrained(model, folder)`. It is as personal as what it was
learnt from: keep it like a diary.
"""


@transaction.atomic
def forget_version(*, adapter: Adapter) -> None:
    """Its weights are deleted, and leave the memory of every engine within seconds."""
    with_folders(Adapter.objects.filter(pk=adapter.pk))
