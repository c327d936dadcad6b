"""Who is acting. Built once per request or task and handed down as ``actor``; nothing below asks the request again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ActorKind(StrEnum):
    """The six kinds of hands that may do something."""

    VENDOR = "vendor"
    PARTNER = "partner"
    CANDIDATE = "candidate"
    SPECIALIST = "specialist"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


#: Who comes in by which door. A page or an action of the API is for one of them, and does not exist for the others.
VENDOR_DOOR = frozenset({ActorKind.VENDOR})
PORTAL_DOOR = frozenset({ActorKind.PARTNER, ActorKind.CANDIDATE})
GUEST_DOOR = frozenset({ActorKind.VENDOR, ActorKind.SPECIALIST})
EVERY_DOOR = VENDOR_DOOR | PORTAL_DOOR | GUEST_DOOR


class Role(StrEnum):
    """The roles of people; each is a named set of permissions, given by the policies of the features."""

    ADMINISTRATOR = "administrator"
    DIRECTOR = "director"
    MANAGER = "manager"
    PROGRAMME_MANAGER = "programme_manager"
    CHANNEL_MARKETING = "channel_marketing"
    SUPPORT_ENGINEER = "support_engineer"
    FINANCE_APPROVER = "finance_approver"
    SPECIALIST = "specialist"
    PARTNER_ADMINISTRATOR = "partner_administrator"
    PARTNER_SALES = "partner_sales"
    PARTNER_TECHNICAL = "partner_technical"
    PARTNER_MARKETING = "partner_marketing"
    CANDIDATE = "candidate"


ROLE_LABELS = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.DIRECTOR: _("Channel director"),
    Role.MANAGER: _("Channel manager"),
    Role.PROGRAMME_MANAGER: _("Programme manager"),
    Role.CHANNEL_MARKETING: _("Channel marketing"),
    Role.SUPPORT_ENGINEER: _("Support engineer"),
    Role.FINANCE_APPROVER: _("Finance approver"),
    Role.SPECIALIST: _("Outside specialist"),
    Role.PARTNER_ADMINISTRATOR: _("Partner administrator"),
    Role.PARTNER_SALES: _("Partner sales"),
    Role.PARTNER_TECHNICAL: _("Partner technical"),
    Role.PARTNER_MARKETING: _("Partner marketing"),
    Role.CANDIDATE: _("Candidate"),
}
#: As a partner's people call them among themselves: nobody there needs to be told that they are a partner's.
ROLE_WORDS = {
    Role.PARTNER_ADMINISTRATOR: pgettext_lazy("role at a partner", "Administrator"),
    Role.PARTNER_SALES: pgettext_lazy("role at a partner", "Sales"),
    Role.PARTNER_TECHNICAL: _("Technical"),
    Role.PARTNER_MARKETING: _("Marketing"),
    Role.CANDIDATE: _("Candidate"),
}

#: Who decides for the whole channel; who works with partners; everybody of the vendor; everybody of a partner.
LEADING_ROLES = frozenset({Role.ADMINISTRATOR, Role.DIRECTOR})
MANAGING_ROLES = LEADING_ROLES | {Role.MANAGER}
VENDOR_ROLES = MANAGING_ROLES | {
    Role.PROGRAMME_MANAGER, Role.CHANNEL_MARKETING, Role.SUPPORT_ENGINEER, Role.FINANCE_APPROVER,
}  # fmt: skip
PARTNER_ROLES = frozenset({Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES, Role.PARTNER_TECHNICAL, Role.PARTNER_MARKETING})
#: The vendor's roles in the order in which they are shown.
VENDOR_ROLE_LABELS = {role: label for role, label in ROLE_LABELS.items() if role in VENDOR_ROLES}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person, key or system process, with what it may do.

    ``permissions`` holds names like ``partners.company:edit``. ``key_id`` is set when an API key acts for the person: a key
    only narrows its owner; ``unscoped`` is then what its owner holds that no scope served to them gives, so that no key
    could be asked for it. ``partner_id`` and ``company_id`` are set for partner people and keys, ``study_ids`` for specialists: they
    become the database's ``prm.partner``, ``prm.company`` and ``prm.study``.
    """

    kind: ActorKind
    user_id: UUID | None = None
    person_id: UUID | None = None
    key_id: UUID | None = None
    partner_id: UUID | None = None
    company_id: UUID | None = None
    study_ids: tuple[UUID, ...] = ()
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[str] = frozenset()
    unscoped: frozenset[str] = field(default=frozenset(), repr=False)
    name: str = ""
    #: The name of the role, where it is one that the vendor made itself.
    role_name: str = ""
    language: str = "en"
    reason: str = field(default="", compare=False)
    #: Key and name of every place where the account may come in, this one included; one of them with an empty name is the vendor.
    places: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)

    @property
    def is_anonymous(self) -> bool:
        return self.kind is ActorKind.ANONYMOUS

    @property
    def is_system(self) -> bool:
        return self.kind is ActorKind.SYSTEM

    @property
    def place(self) -> str:
        """The key of the place where it acts, as in ``places``: its partner's id, else what kind of actor it is."""
        return str(self.partner_id) if self.partner_id else self.kind.value

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
