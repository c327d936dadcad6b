"""A company as its own people see it: what the vendor knows of it, what they would have changed, what became of that."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.access.pages import PortalPage
from prm.accounts.selectors.stale import colleague_or_vendor
from prm.core.errors import Invalid
from prm.partners.facts.proposed import ProposalSource
from prm.partners.models import FactProposal, SourceKind
from prm.partners.selectors.own import own_decisions, own_partner, own_waiting
from prm.partners.services.proposals import fact_propose
from prm.portal.facts import decision_of, groups_of, missing_facts
from prm.portal.forms import OwnFactsForm
from prm.ui.toasts import toast


class CompanyPage(PortalPage):
    """The facts with their day, what waits, and what was decided."""

    permission = "partners.company:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        partner, waiting = own_partner(actor=self.actor), own_waiting(actor=self.actor)
        context = {
            "company": partner.company, "groups": groups_of(partner.company, waiting), "waiting": len(waiting),
            "missing": missing_facts(partner.company, waiting),
            "decisions": [decision_of(proposal) for proposal in own_decisions(actor=self.actor)],
        }  # fmt: skip
        return TemplateResponse(request, "portal/company.html", context)


class CompanyEditPage(PortalPage):
    """The form of changes. What is sent waits for the vendor; nothing changes before."""

    permission = "partners.fact_proposal:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            partner = own_partner(actor=self.actor)
            source = ProposalSource(SourceKind.PARTNER, partner.company.name, f"partner:{partner.pk}")
            try:
                made = fact_propose(
                    actor=self.actor, partner_id=partner.pk, company_id=partner.company_id, facts=form.told(), source=source
                )
            except Invalid as refusal:
                form.add_refusal(refusal)
            else:
                toast(request, _said(len(made)))
                return HttpResponseRedirect(reverse("portal:company"))
        return self.shown(form, status=422)

    def form(self, data: object = None) -> OwnFactsForm:
        """The form of the own company."""
        company, waiting = own_partner(actor=self.actor).company, own_waiting(actor=self.actor)
        return OwnFactsForm(data, company=company, waiting=waiting, who=self.who)

    def who(self, proposal: FactProposal | None) -> str:
        """Whoever said what stands now, as a colleague knows them."""
        return colleague_or_vendor(actor=self.actor, person_id=proposal.proposed_by_id if proposal else None)

    def shown(self, form: OwnFactsForm, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        return TemplateResponse(self.request, "portal/company_edit.html", {"form": form}, status=status)


def _said(count: int) -> str:
    if not count:
        return _("Nothing was changed")
    return ngettext("%(n)s change is on its way", "%(n)s changes are on their way", count) % {"n": count}
