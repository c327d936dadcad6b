"""Who comes in by the portal for a partner, and who is invited to."""

from __future__ import annotations

from dataclasses import dataclass

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Invitation
from prm.accounts.selectors_colleagues import Colleague, colleagues_at
from prm.accounts.selectors_invitations import invitations_to
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
