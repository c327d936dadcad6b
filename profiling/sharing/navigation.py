"""Where shared answers stand in the sidebar; to specialists they are the home."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.access.actors import ActorKind
from prm.ui import nav
from prm.ui.home import HOMES

HOMES[ActorKind.SPECIALIST] = "vendor:profiling:shared-list"


def register() -> None:
    """Called once, when the app is ready."""
    nav.register(
        nav.NavItem(
            nav.Stage.PROFILING, _("Shared studies"), "users", "vendor:profiling:shared-list", "profiling.publication:view", order=25,
            under=("vendor:profiling:shared",),
        )
    )  # fmt: skip
