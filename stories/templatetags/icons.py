"""The icon of templates/_icon.html, for what is drawn hundreds of times a page."""

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    return render_to_string("_icon.html", {"name": name})
