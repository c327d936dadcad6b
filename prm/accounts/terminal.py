"""Who acts when somebody types a command: the product itself, or the person named."""

from __future__ import annotations

from django.core.management.base import CommandError

from prm.access.actors import Actor, system_actor
from prm.access.roles import as_sign_in
from prm.accounts.selectors.actors import actor_of_email


def acting(email: str, *, command: str) -> Actor:
    """The person who signs in with ``email``; with "" the product itself, for the reason ``command``.

    Raises CommandError when nobody signs in with it.
    """
    if not email:
        return system_actor(command)
    with as_sign_in():
        actor = actor_of_email(email)
    if actor is None:
        raise CommandError(f"nobody signs in as {email}")
    return actor
