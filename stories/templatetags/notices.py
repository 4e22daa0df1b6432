"""How many notices wait for a teacher, in the head of every page of theirs."""

from django import template

from stories.lessons.models import Notice

register = template.Library()


@register.simple_tag(takes_context=True)
def open_notices(context) -> int:
    return Notice.objects.taught_by(context["user"]).open().count()
