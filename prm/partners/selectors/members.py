"""Who comes in by the portal for a partner, and who is invited to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Invitation, Person
from prm.accounts.selectors.colleagues import Colleague, colleague_rows, colleagues_at, colleagues_behind
from prm.accounts.selectors.invitations import invitation_page_to, invitation_to, invitations_to
from prm.core.errors import NotFound
from prm.core.ids import typeid_key
from prm.core.keyset import KeysetPage
from prm.partners.models import Partner
from prm.partners.rules.lifecycle import door_of


@dataclass(frozen=True)
class PortalAccess:
    """People with access, by name; invitations that nobody has followed yet, the newest first; as what they come in."""

    people: list[Colleague]
    waiting: list[Invitation]
    door: str


def portal_access(*, actor: Actor, partner: Partner) -> PortalAccess:
    """Who has access to a partner's portal, and who may get it. Five queries. Raises Denied."""
    authorize(actor, "partners.partner:invite", partner)
    invitations = invitations_to(actor=actor, partner_id=partner.pk)
    return PortalAccess(
        people=colleagues_at(actor=actor, partner_id=partner.pk),
        waiting=[one for one in invitations if one.state in {"open", "expired"}],
        door=door_of(partner.lifecycle),
    )


def access_invitation_page(
    *, actor: Actor, partner_id: UUID, order: Sequence[str], email: str = "", states: Collection[str] = (), cursor: str = "",
    limit: int = 25, count: bool = False,
) -> KeysetPage:  # fmt: skip
    """One page of the invitations to a partner's portal, of one address or in some states. Raises NotFound, Denied, BadCursor."""
    partner = _partner(actor, partner_id)
    return invitation_page_to(
        actor=actor, partner_id=partner.pk, order=order, email=email, states=states, cursor=cursor, limit=limit, count=count
    )


def access_invitation_get(*, actor: Actor, partner_id: UUID, invitation_id: UUID | str) -> Invitation:
    """One of them. Raises NotFound, Denied."""
    return invitation_to(actor=actor, partner_id=_partner(actor, partner_id).pk, invitation_id=invitation_id)


def access_rows(*, actor: Actor, partner_id: UUID, q: str = "") -> QuerySet[Person]:
    """Who comes in for a partner, as rows of people, by the beginnings of words of their names. Raises NotFound, Denied."""
    authorize(actor, "accounts.person:view")
    return colleague_rows(actor=actor, partner_id=_partner(actor, partner_id).pk, q=q)


def access_behind(*, actor: Actor, partner_id: UUID, people: Iterable[Person]) -> list[Colleague]:
    """Those behind rows of ``access_rows``, in their order. Raises NotFound, Denied."""
    return colleagues_behind(actor=actor, partner_id=_partner(actor, partner_id).pk, people=people)


def access_get(*, actor: Actor, partner_id: UUID, person_id: UUID | str) -> Colleague:
    """One of them. Raises NotFound, Denied."""
    person = access_rows(actor=actor, partner_id=partner_id).filter(pk=typeid_key(Person.typeid_prefix, person_id)).first()
    if person is None:
        raise NotFound
    return access_behind(actor=actor, partner_id=partner_id, people=[person])[0]


def _partner(actor: Actor, partner_id: UUID) -> Partner:
    partner: Partner = Partner.objects.visible_to(actor).one(partner_id)
    authorize(actor, "partners.partner:invite", partner)
    return partner
