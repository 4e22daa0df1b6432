"""Where to find a person to talk to."""

from django import template

from users.safety import help

register = template.Library()


@register.simple_tag
def help_lines() -> list[help.Line]:
    return help.lines()
