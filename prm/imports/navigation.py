"""Where imports stand in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.ui import nav


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
