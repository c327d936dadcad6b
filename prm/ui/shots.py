"""Pages that ``make shots`` photographs: every entry of the sidebar by itself, and what features register here.

A feature's pages stand in a ``shots.py`` of its app, read only when pictures are taken. A record's page needs an address that
depends on the data: a function that is given whoever looks and answers a path, or None while there is nothing to show:

    register(Shot("company", lambda actor: company_path(actor, "Kerlan Systèmes")))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prm.access.actors import Actor, Role
from prm.core.registry import Registry


@dataclass(frozen=True)
class Shot:
    """One page. ``address`` is a path, or gives one when asked as the actor who looks.

    ``signed_in`` False is for pages before sign-in; ``role`` looks with the first account of that role. ``fill`` are pairs of
    CSS selector and text written there, then ``send`` is clicked and the page that answers is photographed whole. ``press``
    are selectors clicked to open a menu or a dialog: the picture shows the window.
    """

    name: str
    address: str | Callable[[Actor], str | None]
    signed_in: bool = True
    role: Role | None = None
    fill: tuple[tuple[str, str], ...] = ()
    send: str = ""
    press: tuple[str, ...] = ()


shots: Registry[Shot] = Registry("ui.shots", key=lambda shot: shot.name)
register = shots.register

register(Shot("sign-in", "/accounts/login/", signed_in=False))
register(
    Shot(
        "sign-in-refused", "/accounts/login/", signed_in=False, send="form .btn-primary",
        fill=(("[type=email]", "somebody@elsewhere.example"), ("[type=password]", "not the password")),
    )
)  # fmt: skip
register(Shot("password-reset", "/accounts/password/reset/", signed_in=False))
register(Shot("offline", "/offline", signed_in=False))
register(Shot("not-found", "/nothing-here"))
register(Shot("home-administrator", "/", role=Role.ADMINISTRATOR))
register(Shot("home-director", "/", role=Role.DIRECTOR))
register(Shot("home-manager", "/", role=Role.MANAGER))
register(Shot("home-everybody", "/?of=all", role=Role.MANAGER))
register(Shot("me-menu", "/", press=(".me > summary",)))
register(Shot("palette", "/", press=(".side [data-palette-open]",)))
register(Shot("shortcuts", "/", press=(".me > summary", "[data-keys-open]")))
