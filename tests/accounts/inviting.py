"""Somebody invited, and who they are once they came."""

from __future__ import annotations

from prm.access.actors import Actor, Role
from prm.access.roles import as_role
from prm.accounts.links import token_behind
from prm.accounts.models import User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.invitations import (
    Invited,
    invitation_send,
)

CHOSEN = {"password": "eleven grey herons"}


def invite(actor: Actor, *roles: Role, email: str = "elise@orvane.example", **more: object) -> str:
    """The token of a fresh invitation."""
    with as_role(actor):
        invited = Invited(email=email, name="Elise Vidal", roles=list(roles or [Role.MANAGER]), **more)  # type: ignore[arg-type]
        return token_behind(invitation_send(actor=actor, invited=invited))


def actor_with(email: str, place: str = "") -> Actor:
    return actor_of_user(User.objects.get(email__iexact=email), place)
