"""Facts that partners propose: what waits for a decision, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.partners.models import CustomerMix, FactProposal, ProposalState, VendorCarried


def proposal_list(*, actor: Actor, state: str = "", partner_id: UUID | None = None) -> QuerySet[FactProposal]:
    """Proposals that ``actor`` sees, newest first; of one state or one partner. Raises Denied."""
    authorize(actor, "partners.fact_proposal:view")
    rows = FactProposal.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    return rows.filter(partner_id=partner_id) if partner_id else rows


def proposal_get(*, actor: Actor, proposal_id: UUID | str) -> FactProposal:
    """One proposal. Raises NotFound, Denied."""
    found: FactProposal = proposal_list(actor=actor).one(proposal_id)  # type: ignore[attr-defined]
    return found


def proposals_waiting(*, actor: Actor, limit: int = 200, manager_id: UUID | None = None) -> list[FactProposal]:
    """What waits for a decision, by company, with company, its manager and who said it; of one manager's partners or of all. One query."""
    rows = proposal_list(actor=actor, state=ProposalState.PENDING)
    if manager_id is not None:
        rows = rows.filter(partner__account_manager_id=manager_id)
    rows = rows.select_related("company", "partner__account_manager", "proposed_by")
    return list(rows.order_by("company__name_key", "company_id", "id")[:limit])


def proposals_count(*, actor: Actor) -> int:
    """How many wait for a decision; 0 for whoever may not see them."""
    return FactProposal.objects.visible_to(actor).filter(state=ProposalState.PENDING).count()


def details_now(*, actor: Actor, company_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, object]]:
    """What is known now of the proposals that are no columns: codes of vendors carried, shares of customers. Two queries."""
    found: dict[UUID, dict[str, object]] = {key: {"vendors": []} for key in company_ids}
    for company_id, code in (
        VendorCarried.objects.visible_to(actor)
        .filter(company_id__in=company_ids)
        .order_by("vendor__code")
        .values_list("company_id", "vendor__code")
    ):
        found[company_id]["vendors"].append(code)  # type: ignore[attr-defined]
    mixes = CustomerMix.objects.visible_to(actor).filter(
        company_id__in=company_ids, industry__isnull=False, territory__isnull=True
    )
    for company_id, code, share in mixes.order_by("-size").values_list("company_id", "industry__code", "share"):
        found[company_id][f"mix.{code}"] = None if share is None else str(share.normalize())
    return found
