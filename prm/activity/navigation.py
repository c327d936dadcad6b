"""Where the log, dead letters, the audit trail and the health page stand in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.events.selectors import letters_count
from prm.ui import nav
from prm.views.lists import ViewedList, viewed_lists


def _letters(actor: Actor) -> int | None:
    return letters_count(actor=actor)


def register() -> None:
    """Called once when the app is ready."""
    admin = nav.Stage.ADMIN
    for item in (
        nav.NavItem(admin, _("Event log"), "history", "vendor:activity:event-list", "events.audit:view", order=30),
        nav.NavItem(admin, _("Dead letters"), "mail", "vendor:activity:letter-list", "events.delivery:replay", order=32,
                    count=_letters, hot=True),
        nav.NavItem(admin, _("Audit trail"), "lock", "vendor:activity:audit-trail", "events.audit:view", order=34),
        nav.NavItem(admin, _("Health"), "circle-check", "vendor:activity:health", "events.delivery:replay", order=36),
    ):  # fmt: skip
        nav.register(item)
    viewed_lists.register(ViewedList("events", _("Event log"), "vendor:activity:event-list", permission="events.audit:view"))
    viewed_lists.register(
        ViewedList("dead_letters", _("Dead letters"), "vendor:activity:letter-list", permission="events.delivery:view")
    )
