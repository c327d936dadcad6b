"""Who is acting. Built once per request or task and handed down as ``actor``; nothing below asks the request again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _


class ActorKind(StrEnum):
    """The six kinds of hands that may do something (DESIGN §3)."""

    VENDOR = "vendor"
    PARTNER = "partner"
    CANDIDATE = "candidate"
    SPECIALIST = "specialist"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


class Role(StrEnum):
    """The roles of people; each is a named set of permissions, given by the policies of the features."""

    ADMINISTRATOR = "administrator"
    DIRECTOR = "director"
    MANAGER = "manager"


ROLE_LABELS = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.DIRECTOR: _("Channel director"),
    Role.MANAGER: _("Channel manager"),
}

VENDOR_ROLES = frozenset({Role.ADMINISTRATOR, Role.DIRECTOR, Role.MANAGER})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person, key or system process, with what it may do.

    ``permissions`` holds names like ``partners.company:edit``. ``key_id`` is set when an API key acts for the person: a key
    only narrows its owner. ``partner_id`` is set for partner people and keys, and becomes the database's ``prm.partner``.
    """

    kind: ActorKind
    user_id: UUID | None = None
    person_id: UUID | None = None
    key_id: UUID | None = None
    partner_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[str] = frozenset()
    name: str = ""
    language: str = "en"
    reason: str = field(default="", compare=False)

    @property
    def is_anonymous(self) -> bool:
        return self.kind is ActorKind.ANONYMOUS

    @property
    def is_system(self) -> bool:
        return self.kind is ActorKind.SYSTEM

    @property
    def account_id(self) -> UUID:
        """The account that acts; LookupError for one that has none (the product itself, nobody)."""
        if self.user_id is None:
            raise LookupError(f"a {self.kind} actor has no account")
        return self.user_id

    def may(self, permission: str) -> bool:
        """Whether the actor holds ``permission`` at all; on which rows is the policy's answer."""
        return self.is_system or permission in self.permissions

    def narrowed(self, permissions: Iterable[str]) -> frozenset[str]:
        """The permissions it shares with ``permissions``: what is left of a person behind an API key."""
        return self.permissions & frozenset(permissions)


def anonymous_actor(language: str = "en") -> Actor:
    """Nobody in particular: sees what is public."""
    return Actor(kind=ActorKind.ANONYMOUS, language=language)


def system_actor(reason: str) -> Actor:
    """The product itself, at work without a person. ``reason`` is kept with what it does and may not be empty."""
    if not reason:
        raise ValueError("a system actor says why it acts")
    return Actor(kind=ActorKind.SYSTEM, name="PRM", reason=reason)
