"""How the editor looks, by where a story is written: its addresses and its parts."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Desk:
    path: str
    map: str
    socket: str
    home: str
    home_name: str | Promise
    login: str
    tools: str = "stories/_tools.html"
    blank: str = "stories/_blank.html"
    machine: str | Promise = _("Storyloom")
    machine_edited: str | Promise = _("Storyloom, edited by you")
    #: A sentence beside words that sound like a crisis: who is told of them.
    told: str | Promise = ""
    #: The model writes here, if it is asked.
    helped: bool = True


def own_desk(story) -> Desk:
    here = reverse("stories:editor", args=[story.pk])
    return Desk(
        path=reverse("stories:path", args=[story.pk]),
        map=reverse("stories:map", args=[story.pk]),
        socket=f"/ws/stories/{story.pk}/",
        home=reverse("stories:library"),
        home_name=_("Your stories"),
        login=f"{reverse('account_login')}?next={here}",
    )
