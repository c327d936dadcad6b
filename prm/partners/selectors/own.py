"""What a partner's people read of their own side."""

from __future__ import annotations

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.partners.models import FactProposal, Partner, PartnerContact, ProposalState
from prm.partners.selectors.proposals import proposal_list

#: How many decisions of the vendor a partner reads on its company's page.
DECISIONS_SHOWN = 12


def own_partner(*, actor: Actor) -> Partner:
    """The partner that a person of the portal belongs to, with its company. One query. Raises Denied; NotFound for anybody else."""
    authorize(actor, "partners.partner:view")
    if actor.partner_id is None:
        raise NotFound
    found: Partner = Partner.objects.visible_to(actor).select_related("company").one(actor.partner_id)
    return found


def own_contact(*, actor: Actor) -> PartnerContact | None:
    """Who of the vendor looks after the actor's partner; None while nobody does. One query. Raises Denied."""
    authorize(actor, "partners.partner_contact:view")
    found: PartnerContact | None = PartnerContact.objects.visible_to(actor).filter(partner_id=actor.partner_id).first()
    return found


def own_waiting(*, actor: Actor) -> dict[str, FactProposal]:
    """What the actor's partner proposed and nobody decided yet, by fact. One query. Raises Denied."""
    rows = proposal_list(actor=actor, state=ProposalState.PENDING, partner_id=actor.partner_id)
    return {proposal.field: proposal for proposal in rows}


def own_decisions(*, actor: Actor) -> list[FactProposal]:
    """What the vendor decided of the partner's proposals, the latest first. One query. Raises Denied."""
    rows = proposal_list(actor=actor, partner_id=actor.partner_id)
    decided = rows.filter(state__in=[ProposalState.ACCEPTED, ProposalState.REFUSED])
    return list(decided.order_by("-decided_at", "-id")[:DECISIONS_SHOWN])
