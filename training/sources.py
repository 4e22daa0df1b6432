"""What other rooms below this one hold: experiences that may teach a model."""

from collections.abc import Iterator

from training import ledger
from training.models import Document, Example
from users.models import Experience


@ledger.register
def experiences(person) -> Iterator[ledger.Entry]:
    for experience in (
        Experience.objects.owned_by(person).for_training().order_by("created_at")
    ):
        yield ledger.Entry(
            document="experiences",
            document_kind=Document.Kind.EXPERIENCES,
            title="",
            key=f"experience {experience.pk}",
            kind=Example.Kind.OWN,
            text=experience.what,
            at=experience.created_at,
        )
