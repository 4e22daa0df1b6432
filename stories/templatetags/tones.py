"""The tone of a passage, in words."""

from django import template

from stories.arcs.badge import Badge, badge
from stories.models import Passage

register = template.Library()


@register.simple_tag
def tone_badge(passage: Passage) -> Badge:
    return badge(passage)
