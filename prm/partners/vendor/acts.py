"""Acts from the list and the profile of companies: many at once, and where a relationship stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Denied, DomainError, Invalid
from prm.core.ids import uuid7
from prm.partners.models import Lifecycle
from prm.partners.selectors.company import company_get
from prm.partners.selectors.partners import candidates_preview
from prm.partners.selectors.selection import selected_companies
from prm.partners.services import bulk
from prm.partners.services.lifecycle import partner_advance
from prm.partners.services.partners import candidates_create, partner_create
from prm.partners.vendor.companies import CompanyPageBase
from prm.ui import formats
from prm.ui.toasts import toast


class Selection(CompanyPageBase):
    """What acts on several companies share: who was ticked."""

    abstract = True
    http_method_names = ["post"]

    def chosen(self, request: HttpRequest) -> list[UUID]:
        query = QueryDict(request.POST.get("query", "").lstrip("?"))
        state = self.spec().state_of(query)
        return selected_companies(
            actor=self.actor, ids=request.POST.getlist("id"), q=state.q, filters=state.values,
            everything=request.POST.get("all") == "1",
        )  # fmt: skip

    def back(self, request: HttpRequest) -> HttpResponse:
        query = request.POST.get("query", "").lstrip("?")
        return redirect(reverse("vendor:partners:company-list") + (f"?{query}" if query else ""))


class CompanyCandidatesPage(Selection):
    """First says whom it would make a candidate, then does it."""

    permission = "partners.partner:create"

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            chosen = self.chosen(request)
        except Invalid as refusal:
            toast(request, refusal.message)
            return self.back(request)
        if request.POST.get("sure") != "1":
            return TemplateResponse(request, "partners/company/company_candidates.html", {
                "preview": candidates_preview(actor=self.actor, company_ids=chosen), "query": request.POST.get("query", ""),
                "ids": request.POST.getlist("id"), "all": request.POST.get("all", ""),
            })  # fmt: skip
        made = candidates_create(actor=self.actor, company_ids=chosen, reason=request.POST.get("reason", ""))
        number = len(made.new)
        words = ngettext("%(n)s company is a candidate now.", "%(n)s companies are candidates now.", number)
        toast(request, words % {"n": formats.number(number)})
        return self.back(request)


class CompanyArchiveManyPage(Selection):
    """Out of the lists at once; undone from the toast."""

    permission = "partners.company:archive"

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            chosen = self.chosen(request)
        except Invalid as refusal:
            toast(request, refusal.message)
            return self.back(request)
        number, moment = bulk.companies_archive(actor=self.actor, company_ids=chosen)
        undo = reverse("vendor:partners:company-restore-many") + "?" + _query(at=moment.isoformat())
        words = ngettext("%(n)s company is archived.", "%(n)s companies are archived.", number)
        toast(request, words % {"n": formats.number(number)}, undo_url=undo)
        return self.back(request)


class CompanyRestoreManyPage(ScopedPage):
    """Undo of archiving several."""

    permission = "partners.company:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            moment = datetime.fromisoformat(request.GET.get("at", ""))
        except ValueError as error:
            raise Http404 from error
        if moment.tzinfo is None:
            raise Http404
        number = bulk.companies_restore(actor=self.actor, archived_at=moment)
        words = ngettext("%(n)s company is back.", "%(n)s companies are back.", number)
        toast(request, words % {"n": formats.number(number)})
        return redirect("vendor:partners:company-list")


class CompanyPartnerPage(ScopedPage):
    """Begins a relationship with a company: as a candidate, or as a partner that sells already."""

    permission = "partners.partner:create"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = company_get(actor=self.actor, company_id=company_id)
        return self.done(request, company, lambda: partner_create(
            actor=self.actor, company_id=company.pk, lifecycle=request.POST.get("lifecycle") or Lifecycle.CANDIDATE,
            reason=request.POST.get("reason", ""),
        ))  # fmt: skip

    def done(self, request: HttpRequest, company: Any, act: Any, undo: str = "") -> HttpResponse:
        try:
            partner = act()
        except (Invalid, Conflict, Denied) as refusal:
            toast(request, _refused(refusal))
        else:
            words = _("%(name)s: %(stage)s") % {"name": company.name, "stage": partner.get_lifecycle_display()}
            toast(request, words, undo_url=undo)
        return redirect("vendor:partners:company-detail", company.public_id)


class CompanyAdvancePage(CompanyPartnerPage):
    """Moves a relationship along its life, by the table of allowed moves."""

    permission = "partners.partner:advance"

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = company_get(actor=self.actor, company_id=company_id)
        partner = getattr(company, "partner", None)
        if partner is None:
            raise Http404
        batch = uuid7()
        undo = reverse("vendor:partners:moves-take-back", args=[batch]) + "?" + _query(company=company.public_id)
        return self.done(request, company, lambda: partner_advance(
            actor=self.actor, partner_id=partner.pk, to=request.POST.get("to", ""), reason=request.POST.get("reason", ""), batch=batch,
        ), undo)  # fmt: skip


def _refused(refusal: DomainError) -> str:
    return str(refusal.message)


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()
