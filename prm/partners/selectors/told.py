"""Whom to tell of what happens to a partner."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from prm.access.actors import Actor
from prm.partners.models import FactProposal, Partner, ProposalState


def manager_of(*, actor: Actor, partner_id: UUID) -> UUID | None:
    """The account manager of a partner as a person; None when there is none."""
    return Partner.objects.visible_to(actor).filter(pk=partner_id).values_list("account_manager_id", flat=True).first()


def proposers_of(*, actor: Actor, partner_id: UUID, fields: Sequence[str]) -> list[UUID]:
    """Who last proposed each of these facts, of those that are decided."""
    rows = FactProposal.objects.visible_to(actor).filter(partner_id=partner_id, field__in=fields, proposed_by__isnull=False)
    decided = rows.exclude(state=ProposalState.PENDING).order_by("field", "-decided_at").distinct("field")
    return sorted({row.proposed_by_id for row in decided})
