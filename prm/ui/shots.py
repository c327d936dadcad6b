"""Pages that ``make shots`` photographs: every entry of the sidebar by itself, and what features register here.

A record's page needs an address that depends on the data: ``register(Shot("company", lambda: "/companies/company_…"))``; the
function runs as the system, and None means that there is nothing to show yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prm.core.registry import Registry


@dataclass(frozen=True)
class Shot:
    """One page. ``address`` is a path or gives one; ``signed_in`` False is for pages before sign-in.

    ``press`` are CSS selectors clicked before the picture is taken, to open a menu or a dialog.
    """

    name: str
    address: str | Callable[[], str | None]
    signed_in: bool = True
    press: tuple[str, ...] = ()


shots: Registry[Shot] = Registry("ui.shots", key=lambda shot: shot.name)
register = shots.register

register(Shot("sign-in", "/accounts/login/", signed_in=False))
register(Shot("password-reset", "/accounts/password/reset/", signed_in=False))
register(Shot("offline", "/offline", signed_in=False))
register(Shot("not-found", "/nothing-here"))
register(Shot("me-menu", "/", press=(".me > summary",)))
