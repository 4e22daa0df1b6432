"""Stories as a whole: start, open, settings, archive, delete."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import Form, Mode, Story
from stories.services import words
from stories.services.history import change
from stories.services.passages import request_passage
from stories.services.refused import Refused
from stories.services.rules import rules_of
from stories.services.tones import check_tone
from users.safety import may_need_help


def start_story(
    *, person, title: str = "", form: str = Form.STORY, opening: str = ""
) -> Story:
    """A new story; the opening is its first passage, in the person's own words."""
    story = Story(
        owner=person, title=words.clean(title).strip(), form=form or Form.STORY
    )
    _check(story, ["title", "form"])
    with transaction.atomic():
        story.opened_at = timezone.now()
        story.save()
        if opening.strip():
            request_passage(story=story, mode=Mode.WRITE, text=opening)
    return story


def open_story(*, story: Story) -> None:
    """Remember that the story was looked at; this changes nothing a tab must know."""
    story.opened_at = timezone.now()
    Story.objects.filter(pk=story.pk).update(opened_at=story.opened_at)


def change_settings(*, story: Story, values: dict[str, Any]) -> None:
    rules = rules_of(story)
    unknown = values.keys() - set(rules.settings)
    if unknown:
        raise Refused("bad_field", _("A story has no such setting."))
    for name, value in values.items():
        if isinstance(value, str):
            values = values | {name: words.clean(value).strip()}
        elif not (name == "show_authors" and isinstance(value, bool)):
            raise Refused("bad_value", _("That is not a value for this setting."))
    check_tone(values.get("tone", ""), story)
    with change(story, "settings") as step:
        rules.may_write(story)
        wished = Story(pk=story.pk, owner_id=story.owner_id, **values)
        _check(wished, values)
        for name in values:
            step.set(story, name, getattr(wished, name))
        if may_need_help(values.get("title", "")):
            rules.worry(story)


def archive_story(*, story: Story) -> None:
    story.archived_at = timezone.now()
    story.save(update_fields=["archived_at"])


def unarchive_story(*, story: Story) -> None:
    story.archived_at = None
    story.save(update_fields=["archived_at"])


def delete_story(*, story: Story) -> None:
    """For good. Whoever is writing for it finds nothing to write to, and stops."""
    story.delete()


def _check(story: Story, names) -> None:
    others = [f.name for f in Story._meta.fields if f.name not in names]
    try:
        story.clean_fields(exclude=others)
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        label = Story._meta.get_field(field).verbose_name
        raise Refused("bad_value", f"{label}: {sentences[0]}") from None
