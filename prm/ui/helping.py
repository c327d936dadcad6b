"""Who can help a person whom a page is refused: people by name. ``prm.accounts`` knows them; this package shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prm.access.actors import Actor

Provider = Callable[[Actor, str], Sequence[str]]
_providers: list[Provider] = []


def help_by(provider: Provider) -> Provider:
    """Registers who knows: ``provider(actor, permission)`` gives names of people who hold the permission, as ``actor`` may see them."""
    _providers.append(provider)
    return provider


def who_may(actor: Actor, permission: str) -> list[str]:
    """Names of people who may do what was refused; empty when nobody is known."""
    return [name for provider in _providers for name in provider(actor, permission)] if permission else []
