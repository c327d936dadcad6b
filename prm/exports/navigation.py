"""Where exports stand in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.ui import nav


def register() -> None:
    """Called once when the app is ready."""
    nav.register(
        nav.NavItem(
            nav.Stage.ADMIN,
            _("Exports"),
            "download",
            "vendor:exports:export-list",
            permission="exports.export:view",
            order=12,
        )
    )
