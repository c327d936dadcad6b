"""Acts from the list and the profile of companies: saved views, many at once, and where a relationship stands."""

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
from prm.partners.models import Lifecycle, SavedView
from prm.partners.selectors.company import company_get
from prm.partners.selectors.partners import candidates_preview
from prm.partners.selectors.selection import selected_companies
from prm.partners.services import bulk
from prm.partners.services.partners import candidates_create, partner_advance, partner_create
from prm.partners.services.views import saved_view_create, saved_view_delete, saved_view_edit
from prm.partners.vendor import CompanyPageBase
from prm.ui import formats
from prm.ui.toasts import toast

PAGE = "partners:companies"


class SavedViewCreatePage(ScopedPage):
    """Keeps the list as it is shown, from the form beside the filters."""

    permission = "partners.saved_view:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        query = QueryDict(request.POST.get("query", "").lstrip("?"), mutable=True)
        query.pop("cursor", None)
        address = reverse("vendor:partners:company-list")
        try:
            view = saved_view_create(
                actor=self.actor, page=PAGE, name=request.POST.get("name", ""), query=query.urlencode(),
                is_shared=bool(request.POST.get("shared")),
            )  # fmt: skip
        except (Invalid, Conflict, Denied) as refusal:
            toast(request, refusal.message)
            return redirect(f"{address}?{query.urlencode()}")
        toast(request, _("“%(name)s” is kept as a view.") % {"name": view.name})
        return redirect(f"{address}?{view.query}")


class SavedViewEditPage(ScopedPage):
    """Renames a view of one's own, shares it, or makes it the one that the list opens with."""

    permission = "partners.saved_view:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, view_id: str) -> HttpResponse:
        address = reverse("vendor:partners:company-list")
        try:
            view = saved_view_edit(
                actor=self.actor, view_id=SavedView.key_of(view_id), name=request.POST.get("name", ""),
                is_shared=bool(request.POST.get("shared")), is_default=bool(request.POST.get("default")),
            )  # fmt: skip
        except (Invalid, Conflict) as refusal:
            toast(request, refusal.message)
            return redirect(address)
        toast(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return redirect(f"{address}?{view.query}")


class SavedViewDeletePage(ScopedPage):
    """Forgets a view of one's own."""

    permission = "partners.saved_view:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, view_id: str) -> HttpResponse:
        gone = saved_view_delete(actor=self.actor, view_id=SavedView.key_of(view_id))
        toast(request, _("The view “%(name)s” is removed.") % {"name": gone.name})
        return redirect("vendor:partners:company-list")


class _Selection(CompanyPageBase):
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


class CompanyCandidatesPage(_Selection):
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


class CompanyArchiveManyPage(_Selection):
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

    def done(self, request: HttpRequest, company: Any, act: Any) -> HttpResponse:
        try:
            partner = act()
        except (Invalid, Conflict, Denied) as refusal:
            toast(request, _refused(refusal))
        else:
            toast(request, _("%(name)s: %(stage)s") % {"name": company.name, "stage": partner.get_lifecycle_display()})
        return redirect("vendor:partners:company-detail", company.public_id)


class CompanyAdvancePage(CompanyPartnerPage):
    """Moves a relationship along its life, by the table of allowed moves."""

    permission = "partners.partner:advance"

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = company_get(actor=self.actor, company_id=company_id)
        partner = getattr(company, "partner", None)
        if partner is None:
            raise Http404
        return self.done(request, company, lambda: partner_advance(
            actor=self.actor, partner_id=partner.pk, to=request.POST.get("to", ""), reason=request.POST.get("reason", ""),
        ))  # fmt: skip


def _refused(refusal: DomainError) -> str:
    return str(refusal.message)


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()
