"""Who may give which role: nobody gives more than they hold, and no key more than the key. Administrators are made by people alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from prm.access.actors import PARTNER_ROLES, VENDOR_ROLES, Actor, ActorKind, Role
from prm.access.policies import permissions_of, scopes_giving
from prm.accounts.selectors.roles import Card, card_list, cards_behind
from prm.core.errors import Denied, Invalid

#: Who looks after the access of others, at the vendor and at a partner.
LEADERS = frozenset({Role.ADMINISTRATOR, Role.PARTNER_ADMINISTRATOR})


def roles_to_give(actor: Actor, *, partner_id: UUID | None) -> list[Role]:
    """The built-in roles that ``actor`` may give at a place (None: the vendor), in the order in which they are shown."""
    if partner_id is None:
        return [role for role in Role if role in VENDOR_ROLES | {Role.SPECIALIST} and _may_give(actor, role)]
    return [role for role in Role if role in PARTNER_ROLES | {Role.CANDIDATE} and _may_give_at(actor, role, partner_id)]


def cards_to_give(actor: Actor, *, partner_id: UUID | None) -> list[Card]:
    """The same with the vendor's own roles after them."""
    built_in = cards_behind(actor=actor, codes=roles_to_give(actor, partner_id=partner_id))
    if partner_id is not None or not actor.may("accounts.role:view"):
        return built_in
    return built_in + [card for card in card_list(actor=actor) if card.custom_id and _may_give_card(actor, card)]


def check_giving(actor: Actor, *, roles: Iterable[str], partner_id: UUID | None) -> list[Card]:
    """The roles behind these codes. Raises Denied when one of them is more than ``actor`` may give; Invalid for a role of the other
    side, or none at all."""
    cards = cards_behind(actor=actor, codes=roles)
    offered = roles_to_give(actor, partner_id=partner_id)
    for card in cards:
        check_side([card], partner_id=partner_id)
        if card.base in LEADERS and card.base not in offered and actor.key_id is not None:
            raise by_a_person()
        if card.base is Role.ADMINISTRATOR and card.base not in offered:
            raise Denied("not_allowed", _("Only an administrator makes another administrator."))
        if not (_may_give_card(actor, card) if card.custom_id else card.base in offered):
            raise _too_much(actor, card)
    return cards


def _too_much(actor: Actor, card: Card) -> Denied:
    """The refusal of a role that may do more; to a key with what it lacks."""
    lacking = scopes_giving(card.permissions - actor.permissions - actor.unscoped) if actor.key_id else []
    if lacking:
        text = _("This role may do more than the key, which lacks %(scopes)s.") % {"scopes": ", ".join(lacking)}
        return Denied("not_allowed", text)
    return Denied("not_allowed", _("You give no role that may do more than you."))


def check_side(cards: Iterable[Card], *, partner_id: UUID | None, field: str = "roles") -> None:
    """Raises Invalid for a role of the vendor's people given to a partner's, or the other way round."""
    if any((card.base in PARTNER_ROLES | {Role.CANDIDATE}) != (partner_id is not None) for card in cards):
        raise Invalid("role_of_the_other_side", _("This role is not for people of this organisation."), field=field)


def is_beyond(actor: Actor, permissions: frozenset[str]) -> bool:
    """Whether these are more than ``actor`` holds. An administrator holds everything; a key of theirs what its scopes say."""
    if actor.is_system or (actor.key_id is None and Role.ADMINISTRATOR in actor.roles):
        return False
    return not permissions <= actor.permissions | actor.unscoped


def by_a_person() -> Denied:
    """The refusal of what no key does."""
    return Denied("not_by_key", _("This is done by a person in a session, not by a key."))


def may_build_on(actor: Actor, role: Role) -> bool:
    """Whether ``actor`` may make a role of the vendor's own out of ``role``, which lends its home and views and no permission: whoever
    made a key is asked, and each permission of the key."""
    return _may_give(replace(actor, key_id=None), role)


def _may_give_card(actor: Actor, card: Card) -> bool:
    """For one of the vendor's own."""
    return (actor.is_system or actor.kind is ActorKind.VENDOR) and not is_beyond(actor, card.permissions)


def _may_give(actor: Actor, role: Role) -> bool:
    """For the vendor's people and specialists, whose studies are asked for one by one."""
    if actor.is_system or role is Role.ADMINISTRATOR:
        return actor.is_system or (actor.key_id is None and role in actor.roles)
    if actor.kind is not ActorKind.VENDOR:
        return False
    return role is Role.SPECIALIST or not is_beyond(actor, permissions_of({role}))


def _may_give_at(actor: Actor, role: Role, partner_id: UUID) -> bool:
    """For a partner's people: the vendor's people who may invite there, and the partner's own administrators."""
    if actor.is_system or actor.kind is ActorKind.VENDOR:
        return True
    if actor.partner_id != partner_id or Role.PARTNER_ADMINISTRATOR not in actor.roles or role not in PARTNER_ROLES:
        return False
    return actor.key_id is None or (role not in LEADERS and not is_beyond(actor, permissions_of({role})))
