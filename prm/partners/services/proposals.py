"""Facts that partners propose of themselves, and what the vendor's people decide about them (P2).

``fact_propose`` is called by questionnaires and by the portal's profile, as the partner; the others by the manager.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid, NotFound
from prm.core.locks import wait_in_turn
from prm.events.publishing import publish
from prm.partners.details import DETAILS
from prm.partners.events import FactProposalsAccepted, FactProposalsRefused, FactsProposed
from prm.partners.facts.proposed import MIX, VENDORS, ProposalSource, proposed_value
from prm.partners.facts.values import columns_of
from prm.partners.models import Company, CustomerMix, FactProposal, FactSource, ProposalState, VendorCarried
from prm.partners.services.companies import company_edit
from prm.partners.services.details import detail_create, detail_edit
from prm.partners.services.facts import Learnt, fact_source_ensure


@transaction.atomic
def fact_propose(
    *, actor: Actor, partner_id: UUID, company_id: UUID, facts: Mapping[str, Any], source: ProposalSource, as_of: date | None = None,
    note: str = "",
) -> list[FactProposal]:  # fmt: skip
    """Proposes ``facts`` (field → value, as ``FactProposal`` says) of a partner's company; one that waits for the same fact is replaced.

    Publishes FactsProposed. Raises Denied; NotFound for another partner or company; Invalid with the field.
    """
    authorize(actor, "partners.fact_proposal:create")
    if actor.partner_id is not None and (actor.partner_id, actor.company_id) != (partner_id, company_id):
        raise NotFound
    day = as_of or timezone.localdate()
    if day > timezone.localdate():
        raise Invalid("day_to_come", _("This day is still to come."), field="as_of")
    told = {field: proposed_value(field, value) for field, value in facts.items()}
    told = {field: value for field, value in told.items() if value is not None}
    if not told:
        return []
    wait_in_turn(partner_id)  # two colleagues who say the same fact: the later one replaces
    waiting = FactProposal.objects.visible_to(actor).filter(
        partner_id=partner_id, field__in=list(told), state=ProposalState.PENDING
    )
    waiting.update(state=ProposalState.REPLACED, updated_at=timezone.now())
    made = FactProposal.objects.bulk_create(
        FactProposal(
            partner_id=partner_id, company_id=company_id, field=field, value=value, as_of=day, source_kind=source.kind,
            source_name=source.name[:200], source_key=source.key[:120], note=note[:500], proposed_by_id=actor.person_id,
        )
        for field, value in told.items()
    )  # fmt: skip
    publish(
        FactsProposed(subject_id=company_id, partner_id=partner_id, fields=list(told), count=len(told), source=source.kind),
        actor=actor,
    )
    return made


@transaction.atomic
def fact_proposals_accept(
    *, actor: Actor, proposal_ids: Collection[UUID], values: Mapping[UUID, Any] | None = None
) -> list[FactProposal]:
    """Writes proposed facts with their own source and day; ``values`` are those that were changed before (proposal → value).

    Whoever accepts decides: the value replaces what stands, also what is more trusted. Publishes FactProposalsAccepted and what the
    facts' services publish. Raises NotFound, Denied; Invalid with the field; Conflict (``decided_already``).
    """
    chosen = _waiting(actor, proposal_ids)
    edited = {p.pk: proposed_value(p.field, values[p.pk]) for p in chosen if values and p.pk in values}
    groups: dict[tuple[UUID, str, date], list[FactProposal]] = defaultdict(list)
    for proposal in chosen:
        groups[(proposal.partner.company_id, proposal.source_key, proposal.as_of)].append(proposal)
    for (company_id, key, day), proposals in groups.items():
        first = proposals[0]
        source = fact_source_ensure(actor=actor, kind=first.source_kind, name=first.source_name, key=key)
        _write(actor, company_id, {p.field: edited.get(p.pk, p.value) for p in proposals}, source, day)
    for proposal in chosen:
        proposal.written = edited.get(proposal.pk)
    _decide(actor, chosen, ProposalState.ACCEPTED, "", FactProposalsAccepted)
    return chosen


@transaction.atomic
def fact_proposals_refuse(*, actor: Actor, proposal_ids: Collection[UUID], reason: str) -> list[FactProposal]:
    """Refuses proposed facts; the reason is kept with them and told to the partner. Publishes FactProposalsRefused.

    Raises NotFound, Denied; Invalid (``reason``); Conflict (``decided_already``).
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > 300:
        raise Invalid("reason_missing", _("Say why, in up to 300 characters: the partner reads it."), field="reason")
    chosen = _waiting(actor, proposal_ids)
    _decide(actor, chosen, ProposalState.REFUSED, reason, FactProposalsRefused)
    return chosen


def _waiting(actor: Actor, proposal_ids: Collection[UUID]) -> list[FactProposal]:
    """The proposals, kept for this transaction. Raises NotFound when one is not seen, Conflict when one is decided already."""
    authorize(actor, "partners.fact_proposal:decide")
    wanted = list(dict.fromkeys(proposal_ids))
    rows = FactProposal.objects.visible_to(actor, "decide").filter(pk__in=wanted).select_related("partner", "decided_by")
    found = list(rows.order_by("pk").select_for_update(of=("self",)))
    if not found or len(found) != len(wanted):
        raise NotFound
    for proposal in found:
        if proposal.state != ProposalState.PENDING:
            who = proposal.decided_by.name if proposal.decided_by else "PRM"
            words = _("%(who)s decided this already: %(state)s.") % {"who": who, "state": proposal.get_state_display()}
            raise Conflict("decided_already", words, state=proposal.state)
    return found


def _write(actor: Actor, company_id: UUID, facts: Mapping[str, Any], source: FactSource, day: date) -> None:
    """Hands each fact to the service that owns it."""
    columns: dict[str, Any] = {}
    learnt = Learnt(as_of=day, source=source)
    for field, value in facts.items():
        if field == VENDORS:
            _carry(actor, company_id, value, learnt)
        elif field.startswith(MIX):
            _mix(actor, company_id, field.removeprefix(MIX), Decimal(value), learnt)
        else:
            columns |= {column: part for column, part in columns_of(field, value).items() if part is not None}
    if columns:
        read = {name: Company._meta.get_field(name).to_python(part) for name, part in columns.items()}  # type: ignore[union-attr]
        company_edit(actor=actor, company_id=company_id, values=read, source=source, as_of=day, confirmed=True)


def _carry(actor: Actor, company_id: UUID, codes: Sequence[str], learnt: Learnt) -> None:
    """Adds the vendors that it was not known to carry. Those not named stay: a list of some is no list of all."""
    rows = VendorCarried.objects.visible_to(actor).filter(company_id=company_id)
    there = set(rows.values_list("vendor__code", flat=True))
    for code in codes:
        if code not in there:
            detail_create(actor=actor, kind=DETAILS[VENDORS], company_id=company_id, values={"vendor": code}, learnt=learnt)


def _mix(actor: Actor, company_id: UUID, industry: str, share: Decimal, learnt: Learnt) -> None:
    rows = CustomerMix.objects.visible_to(actor).filter(
        company_id=company_id, industry__code=industry, territory__isnull=True
    )
    there = rows.order_by("size", "pk").first()
    kind = DETAILS["customers"]
    if there is None:
        detail_create(
            actor=actor, kind=kind, company_id=company_id, values={"industry": industry, "share": share}, learnt=learnt
        )
    else:
        detail_edit(actor=actor, kind=kind, record_id=there.pk, values={"share": share}, learnt=learnt)


def _decide(actor: Actor, chosen: Sequence[FactProposal], state: str, reason: str, event: type[Any]) -> None:
    now = timezone.now()
    by_company: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    for proposal in chosen:
        proposal.state, proposal.reason, proposal.decided_at, proposal.decided_by_id = state, reason, now, actor.person_id
        proposal.save(update_fields=["state", "reason", "decided_at", "decided_by", "written", "updated_at"])
        by_company[(proposal.partner.company_id, proposal.partner_id)].append(proposal.field)
    for (company_id, partner_id), fields in by_company.items():
        publish(event(subject_id=company_id, partner_id=partner_id, fields=fields, count=len(fields)), actor=actor)
