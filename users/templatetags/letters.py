"""Where a letter goes when no mail server is set."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def letters_are_printed() -> bool:
    return settings.EMAIL_BACKEND.endswith("console.EmailBackend")
