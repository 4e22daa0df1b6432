"""Which adapters colour a passage: decided here, from the story's owner, never by a
request."""

from dataclasses import dataclass

from training.engine import AdapterRef, Engine
from training.models import Adapter, Voice


@dataclass(frozen=True, slots=True)
class Speaking:
    refs: tuple[AdapterRef, ...] = ()
    #: Kept with the passage.
    label: str = ""


def speaking_for(*, person_id: int, engine: Engine) -> Speaking:
    """The person's version in use, if this engine's model is the one it was made for.

    With another model, or when its files are gone, the bare model writes: a story is
    never kept waiting for a voice.
    """
    voice = (
        Voice.objects.select_related("adapter")
        .filter(
            person_id=person_id,
            adapter__disabled=False,
            adapter__checked=Adapter.Checked.PASSED,
        )
        .first()
    )
    adapter = voice.adapter if voice else None
    return speaking_as(adapter=adapter, person_id=person_id, engine=engine)


def speaking_as(*, adapter: Adapter | None, person_id: int, engine: Engine) -> Speaking:
    """One version of a person's, whichever is in use; None: the bare model."""
    if adapter is None or adapter.person_id != person_id:
        return Speaking()
    if adapter.fingerprint != engine.fingerprint or not adapter.folder.is_dir():
        return Speaking()
    return Speaking((AdapterRef(str(adapter.folder)),), adapter.label)
