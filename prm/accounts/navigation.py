"""Where the account pages stand: my keys in my menu, the people with access in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.ui.context import me_links
from prm.ui.nav import NavItem, Stage
from prm.ui.nav import register as register_nav


def register() -> None:
    """Called once when the app is ready."""
    keys = "accounts.person:keys"
    me_links.register(NavItem(Stage.HOME, _("API keys"), "key", "vendor:accounts:api-key-list", permission=keys, order=50))
    me_links.register(NavItem(Stage.HOME, _("Security"), "shield-lock", "account_security", order=40))
    register_nav(
        NavItem(
            Stage.ADMIN,
            _("People with access"),
            "users",
            "vendor:accounts:member-list",
            permission="accounts.person:invite",
            order=20,
        )
    )
    providers = "vendor:accounts:provider-list"
    register_nav(
        NavItem(
            Stage.ADMIN, _("Sign-in"), "key", providers, permission="accounts.provider:view", order=24,
            under=("vendor:accounts:sign-in-",),
        )
    )  # fmt: skip
    register_nav(
        NavItem(Stage.ADMIN, _("Roles"), "list-check", "vendor:accounts:role-list", permission="accounts.role:view", order=22)
    )
