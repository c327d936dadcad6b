"""Where studies stand in the sidebar, and that the palette finds them."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.ui import nav, palette
from prm.views.lists import ViewedList, viewed_lists
from profiling.studies.kinds import kinds
from profiling.studies.selectors import study_list


def _studies(actor: Actor, words: str, limit: int) -> Iterable[palette.Hit]:
    for study in study_list(actor=actor, q=words)[:limit]:
        url, kind = reverse("vendor:profiling:study-detail", args=[study.public_id]), kinds.get(study.kind)
        yield palette.Hit(text=study.shown_title, url=url, icon=kind.icon, about=str(kind.label))


def register() -> None:
    """Called once, when every kind is registered: their pages belong to the entry of studies."""
    nav.register(
        nav.NavItem(
            nav.Stage.PROFILING, _("Studies"), "route-2", "vendor:profiling:study-list",
            permission="profiling.study:view", order=20, key="s", under=tuple(kind.pages for kind in kinds),
        )
    )  # fmt: skip
    viewed_lists.register(
        ViewedList("studies", _("Studies"), "vendor:profiling:study-list", permission="profiling.study:view")
    )
    palette.register(palette.Provider(name="studies", kind="record", permission="profiling.study:view", find=_studies))
