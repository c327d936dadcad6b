"""Where imports stand in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.ui import nav
from prm.views.lists import ViewedList, viewed_lists


def register() -> None:
    """Called once when the app is ready."""
    nav.register(
        nav.NavItem(
            nav.Stage.PROFILING,
            _("Imports"),
            "file-import",
            "vendor:imports:import-list",
            permission="imports.import:view",
            order=90,
            key="i",
        )
    )
    viewed_lists.register(ViewedList("imports", _("Imports"), "vendor:imports:import-list", permission="imports.import:view"))
