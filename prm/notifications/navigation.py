"""Where notifications stand: the bell of both frames asks by name (``prm.ui``); the preferences are in my menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.ui.context import me_links
from prm.ui.nav import NavItem, Stage


def register() -> None:
    """Called once, when the app is ready."""
    me_links.register(
        NavItem(
            Stage.HOME, _("Notifications"), "bell", "vendor:notifications:preferences",
            permission="notifications.preference:edit", order=30,
        )
    )  # fmt: skip
