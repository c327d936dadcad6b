"""The queue of facts that partners propose: the current value beside the proposed one; accept, change and accept, refuse with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Invalid
from prm.core.ids import typeid_keys
from prm.partners.facts.noted import Noted
from prm.partners.facts.proposed import MIX, VENDORS
from prm.partners.facts.values import as_json
from prm.partners.facts.words import SOURCE_ICONS, age_tone, proposal_label, proposal_words, source_words
from prm.partners.models import FactProposal, ProposalState
from prm.partners.selectors.facts import sources_of
from prm.partners.selectors.proposals import details_now, proposal_get, proposals_waiting
from prm.partners.services.proposals import fact_proposals_accept, fact_proposals_refuse
from prm.ui import formats
from prm.ui.toasts import toast


@dataclass(frozen=True)
class ProposalLine:
    """One proposed fact beside what is known: both in words, each with its source and day."""

    proposal: FactProposal
    label: str
    now: str | None
    now_source: str
    now_icon: str
    now_as_of: date | None
    now_tone: str
    value: str
    is_same: bool
    source: str
    icon: str


def proposal_lines(proposals: Sequence[FactProposal], sources: Any, details: Any, today: date) -> list[ProposalLine]:
    """The lines of the queue."""
    lines = []
    for p in proposals:
        is_column = p.field != VENDORS and not p.field.startswith(MIX)
        known = as_json(p.company, p.field) if is_column else details.get(p.company_id, {}).get(p.field)
        noted = p.company.noted(p.field) if is_column and known is not None else Noted()
        source = sources.get(noted.source_id)
        now, value = proposal_words(p.field, known), proposal_words(p.field, p.value) or ""
        lines.append(
            ProposalLine(
                proposal=p, label=proposal_label(p.field), now=now,
                now_source=source_words(source.kind, source.name) if source else "",
                now_icon=SOURCE_ICONS.get(source.kind, "") if source else "",
                now_as_of=noted.as_of, now_tone=age_tone(p.field, noted.as_of, today), value=value, is_same=now == value,
                source=p.source_name, icon=SOURCE_ICONS.get(p.source_kind, ""),
            )
        )  # fmt: skip
    return lines


class ProposalQueuePage(ScopedPage):
    """What waits for a decision, by company."""

    permission = "partners.fact_proposal:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown()

    def shown(self, *, error: str = "", status: int = 200) -> HttpResponse:
        waiting = proposals_waiting(actor=self.actor)
        sources = sources_of(actor=self.actor, companies=[p.company for p in waiting])
        details = details_now(actor=self.actor, company_ids=list({p.company_id for p in waiting}))
        lines = proposal_lines(waiting, sources, details, timezone.localdate())
        groups = [(company, list(found)) for company, found in groupby(lines, key=lambda line: line.proposal.company)]
        context = {
            "groups": groups, "count": len(lines), "companies": len(groups), "error": error,
            "may": self.actor.may("partners.fact_proposal:decide"),
        }  # fmt: skip
        return TemplateResponse(self.request, "partners/proposals.html", context, status=status)


class ProposalDecidePage(ProposalQueuePage):
    """Accepts or refuses the ticked proposals, or those of one button."""

    permission = "partners.fact_proposal:decide"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = request.POST
        one = sent.get("one", "")
        ids = list(typeid_keys("proposal", [one] if one else sent.getlist("id")))
        try:
            if not ids:
                raise Invalid("none_selected", _("Tick at least one fact."))
            if sent.get("act") == "refuse":
                done = fact_proposals_refuse(actor=self.actor, proposal_ids=ids, reason=sent.get("reason", ""))
                words = ngettext("%(n)s fact refused", "%(n)s facts refused", len(done))
            else:
                done = fact_proposals_accept(actor=self.actor, proposal_ids=ids)
                words = ngettext("%(n)s fact accepted", "%(n)s facts accepted", len(done))
        except (Invalid, Conflict) as refusal:
            return self.shown(error=str(refusal.message), status=refusal.status)
        toast(request, words % {"n": formats.number(len(done))})
        return HttpResponseRedirect(reverse("vendor:partners:proposal-queue"))


class ProposalEditPage(ScopedPage):
    """Changes a proposed value, then accepts it."""

    permission = "partners.fact_proposal:decide"

    def get(self, request: HttpRequest, proposal_id: str) -> HttpResponse:
        return self.shown(proposal_get(actor=self.actor, proposal_id=proposal_id))

    def post(self, request: HttpRequest, proposal_id: str) -> HttpResponse:
        proposal = proposal_get(actor=self.actor, proposal_id=proposal_id)
        typed = request.POST.get("value", "").strip()
        try:
            fact_proposals_accept(
                actor=self.actor, proposal_ids=[proposal.pk], values={proposal.pk: self._read(proposal, typed)}
            )
        except (Invalid, Conflict) as refusal:
            return self.shown(proposal, typed=typed, error=str(refusal.message), status=refusal.status)
        toast(request, _("Accepted as you changed it."))
        return HttpResponseRedirect(reverse("vendor:partners:proposal-queue"))

    def _read(self, proposal: FactProposal, typed: str) -> Any:
        """What was typed, in the shape of the proposed value."""
        plain = typed.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
        if proposal.field in {VENDORS, "languages"}:
            return [code.strip() for code in typed.split(",") if code.strip()]
        if isinstance(proposal.value, dict):
            return {**proposal.value, proposal.field: plain.replace(",", ".")}
        if isinstance(proposal.value, int):
            return plain.replace(",", "")
        if proposal.field == "growth" or proposal.field.startswith(MIX):
            return plain.replace(",", ".")
        return typed

    def shown(self, proposal: FactProposal, *, typed: str | None = None, error: str = "", status: int = 200) -> HttpResponse:
        value = proposal.value
        raw = ", ".join(value) if isinstance(value, list) else value.get(proposal.field) if isinstance(value, dict) else value
        context = {
            "proposal": proposal, "label": proposal_label(proposal.field), "typed": raw if typed is None else typed, "error": error,
            "words": proposal_words(proposal.field, value), "is_pending": proposal.state == ProposalState.PENDING,
            "unit": value.get("revenue_currency", "") if isinstance(value, dict) else "",
        }  # fmt: skip
        return TemplateResponse(self.request, "partners/proposal_edit.html", context, status=status)
