"""Where studies and target lists stand in the sidebar, and that the palette finds them."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.ui import nav, palette
from profiling.studies.selectors import study_list

nav.register(
    nav.NavItem(
        nav.Stage.PROFILING,
        _("Studies"),
        "route-2",
        "vendor:profiling:study-list",
        permission="profiling.study:view",
        order=20,
        key="s",
        under=("vendor:profiling:lookalike-", "vendor:profiling:ranking-"),
    )
)
nav.register(
    nav.NavItem(
        nav.Stage.PROFILING,
        _("Target lists"),
        "target-arrow",
        "vendor:profiling:target-list-list",
        permission="profiling.target_list:view",
        order=30,
        key="t",
        under=("vendor:profiling:target-",),
    )
)


def _studies(actor: Actor, words: str, limit: int) -> Iterable[palette.Hit]:
    for study in study_list(actor=actor, q=words)[:limit]:
        url = reverse("vendor:profiling:study-detail", args=[study.public_id])
        yield palette.Hit(text=study.title, url=url, icon="route-2", about=study.get_kind_display())


palette.register(palette.Provider(name="studies", kind="record", permission="profiling.study:view", find=_studies))
