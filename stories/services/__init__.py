"""What a person may ask of a story: one verb, one function, keyword arguments only.

They take instances that the caller has already fetched for this person, and raise
`Refused` with a sentence for the person.
"""

from stories.recovery import interrupt_all, recover, recover_stale
from stories.services.feedback import give_feedback, say_how_it_feels
from stories.services.history import History, history, redo, undo
from stories.services.library import (
    archive_story,
    change_settings,
    delete_story,
    open_story,
    start_story,
    unarchive_story,
)
from stories.services.passages import (
    ask_for_turn,
    more_alternatives,
    request_passage,
    retry_passage,
    stop_passage,
)
from stories.services.refused import Refused
from stories.services.rewriting import choose_passage, delete_passage, edit_passage

__all__ = [
    "History",
    "Refused",
    "archive_story",
    "ask_for_turn",
    "change_settings",
    "choose_passage",
    "delete_passage",
    "delete_story",
    "edit_passage",
    "give_feedback",
    "history",
    "interrupt_all",
    "more_alternatives",
    "open_story",
    "recover",
    "recover_stale",
    "redo",
    "request_passage",
    "retry_passage",
    "say_how_it_feels",
    "start_story",
    "stop_passage",
    "unarchive_story",
    "undo",
]
