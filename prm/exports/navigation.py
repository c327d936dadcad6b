"""Where exports stand in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.ui import nav
from prm.views.lists import ViewedList, viewed_lists


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
    viewed_lists.register(ViewedList("exports", _("Exports"), "vendor:exports:export-list", permission="exports.export:view"))
