"""Which adapters colour a passage: decided here, from the story's owner, never by a
request."""

from dataclasses import dataclass, replace

from training.engine import AdapterRef, Engine
from training.genres import LOUDEST, genre_named
from training.models import Adapter, Voice


@dataclass(frozen=True, slots=True)
class Speaking:
    refs: tuple[AdapterRef, ...] = ()
    #: Kept with the passage: the version, and the genre mixed in ("fable 0.35").
    label: str = ""
    genre: str = ""
    #: The genre that the version began from.
    start: str = ""


def speaking_for(*, person_id: int, engine: Engine) -> Speaking:
    """The person's version in use, if this engine's model is the one it was made for.

    With another model, or when its files are gone, the bare model writes: a story is
    never kept waiting for a voice.
    """
    voice = (
        Voice.objects.select_related("adapter__run")
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
    report = (adapter.run.report if adapter.run else None) or {}
    ref = AdapterRef(str(adapter.folder))
    return Speaking((ref,), adapter.label, start=report.get("start", ""))


def with_genre(
    speaking: Speaking, *, name: str, weight: float, engine: Engine
) -> Speaking:
    """The same with a shared story adapter mixed in, where this engine can mix and its
    model is the one that was made for. A story never waits for it. What the version
    began from it tells like already: twice would be too loud."""
    genre = genre_named(name) if name else None
    if genre is None or weight <= 0 or len(speaking.refs) + 1 > mixes(engine):
        return speaking
    if genre.made_for != engine.fingerprint or genre.name == speaking.start:
        return speaking
    weight = min(weight, LOUDEST)
    ref = AdapterRef(str(genre.folder), weight)
    return replace(
        speaking, refs=(*speaking.refs, ref), genre=f"{genre.name} {weight:g}"
    )


def mixes(engine: Engine) -> int:
    """How many speak together; an engine for one has them speak at full weight only."""
    return engine.most_adapters if engine.most_adapters > 1 else 0
