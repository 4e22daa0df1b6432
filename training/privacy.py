"""What the tables of this app mean to a person. Weights are erased with their rows."""

import shutil
from functools import partial

from django.db import transaction

from training.models import (
    Adapter,
    BlindChoice,
    Document,
    Example,
    TrainingRun,
    Voice,
    Workshop,
)
from users import privacy


def with_folders(rows) -> None:
    """The row at once, its files as soon as that is certain.

    Engines forget a voice whose folder is gone, in whatever process they run, and who
    learns for a run that is gone stops.
    """
    folders = [row.folder for row in rows]
    rows.delete()
    for folder in folders:
        transaction.on_commit(partial(shutil.rmtree, folder, ignore_errors=True))


privacy.register(Voice, owner="person")
privacy.register(Document, owner="person")
privacy.register(Example, owner="document__person")
privacy.register(
    TrainingRun,
    owner="person",
    export=privacy.without("lease"),
    erase=with_folders,
)
privacy.not_personal(Workshop, "a switch for the whole house")
privacy.register(BlindChoice, owner="adapter__person")
privacy.register(Adapter, owner="person", erase=with_folders)
