"""What a person may ask about their voice: one verb, one function, keyword arguments.

They take instances that the caller has already fetched for this person, and raise
`Refused` with a sentence for the person.
"""

from training.voices.arriving import bring_version, check_version
from training.voices.comparing import (
    Contenders,
    asked_blind,
    contenders,
    let_compare,
    record_choice,
    results,
)
from training.voices.consent import allow_document, let_learn, put_back, take_out
from training.voices.importing import bring_text, forget_text
from training.voices.refused import Refused
from training.voices.runs import (
    cancel_run,
    pause_all,
    pause_run,
    put_down_all,
    recover_runs,
    requeue_run,
    resume_run,
    start_run,
    take_up_all,
)
from training.voices.schedule import learn_what_is_new
from training.voices.speaking import Speaking, speaking_as, speaking_for, with_genre
from training.voices.standing import Standing, standing_of
from training.voices.versions import (
    forget_version,
    in_use,
    speak_plainly,
    step_back,
    use_version,
)
from training.voices.waiting import waiting_of

__all__ = [
    "Contenders",
    "Refused",
    "Speaking",
    "Standing",
    "allow_document",
    "asked_blind",
    "bring_text",
    "bring_version",
    "cancel_run",
    "check_version",
    "contenders",
    "forget_text",
    "forget_version",
    "in_use",
    "learn_what_is_new",
    "let_compare",
    "let_learn",
    "pause_all",
    "pause_run",
    "put_back",
    "put_down_all",
    "record_choice",
    "recover_runs",
    "requeue_run",
    "results",
    "resume_run",
    "speak_plainly",
    "speaking_as",
    "speaking_for",
    "standing_of",
    "start_run",
    "step_back",
    "take_out",
    "take_up_all",
    "use_version",
    "waiting_of",
    "with_genre",
]
