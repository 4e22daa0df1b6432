"""Passwords made of pictures: three out of sixteen, in order.

Each picture (static/pictures.svg) has its name beside it, so that it can be read and
heard as well as seen.
"""

from django.utils.translation import gettext_lazy as _

LENGTH = 3
PICTURES = {
    "fox": _("fox"),
    "boat": _("boat"),
    "moon": _("moon"),
    "apple": _("apple"),
    "drum": _("drum"),
    "tree": _("tree"),
    "fish": _("fish"),
    "key": _("key"),
    "kite": _("kite"),
    "bee": _("bee"),
    "bell": _("bell"),
    "cake": _("cake"),
    "owl": _("owl"),
    "train": _("train"),
    "star": _("star"),
    "shell": _("shell"),
}


def password_of(pictures: list[str]) -> str:
    return " ".join(pictures)


def are_pictures(chosen: list[str]) -> bool:
    return len(chosen) == LENGTH and all(name in PICTURES for name in chosen)


def too_simple(chosen: list[str]) -> bool:
    """Three times the same is what everyone tries first."""
    return len(set(chosen)) == 1
