"""The form of a company: add one, correct its facts, see and take back what a fact was told to be, and who is already there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Invalid
from prm.core.ids import typeid_encode, uuid7
from prm.partners.facts.words import fact_label, history_rows
from prm.partners.forms.company import CompanyForm
from prm.partners.models import Company
from prm.partners.selectors import company as reading
from prm.partners.services import companies as services
from prm.ui.toasts import toast


class CompanyFormPage(ScopedPage):
    """Create and edit: the same form, answered with 422 and everything kept when it does not pass."""

    abstract = True

    def shown(self, form: CompanyForm, company: Company | None = None, status: int = 200, **context: Any) -> HttpResponse:
        context |= {"form": form, "company": company}
        return TemplateResponse(self.request, "partners/company/company_form.html", context, status=status)


class CompanyCreatePage(CompanyFormPage):
    """A company entered by hand. One with the very same number, domain or name is told before it is added a second time."""

    permission = "partners.company:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(CompanyForm(initial={"key": typeid_encode(Company.typeid_prefix, uuid7())}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CompanyForm(request.POST)
        if not form.is_valid():
            return self.shown(form, status=422)
        key = Company.key_of(form.cleaned_data["key"]) if form.cleaned_data["key"] else None
        values = form.values()
        alike: dict[str, Any] = {name: values[name] or "" for name in ("name", "country", "website", "registration_number")}
        twins = [twin for twin in reading.company_twins(actor=self.actor, **alike) if twin.company.pk != key]
        if twins and not form.cleaned_data["sure"]:
            return self.shown(form, status=409, twins=twins, ask=True)
        try:
            company = services.company_create(actor=self.actor, values=values, learnt=form.learnt(), key=key)
        except Invalid as refusal:
            form.add_refusal(refusal)
            return self.shown(form, status=422)
        toast(request, _("%(name)s is added.") % {"name": company.name})
        return redirect("vendor:partners:company-detail", company.public_id)


class CompanyTwinsPage(ScopedPage):
    """While a company is typed: who is already there with the same number, domain or name."""

    permission = "partners.company:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked: dict[str, Any] = {
            name: request.GET.get(name, "")[:300] for name in ("name", "country", "website", "registration_number")
        }
        twins = reading.company_twins(actor=self.actor, **asked)
        return TemplateResponse(request, "partners/company/twins.html", {"twins": twins})


class CompanyEditPage(CompanyFormPage):
    """Facts corrected by hand: the person is the source, and says where it was learnt."""

    permission = "partners.company:edit"

    def get(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = reading.company_get(actor=self.actor, company_id=company_id)
        return self.shown(CompanyForm(company=company), company)

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = reading.company_get(actor=self.actor, company_id=company_id)
        form = CompanyForm(request.POST, company=company)
        if not form.is_valid():
            return self.shown(form, company, 422)
        try:
            services.company_edit(
                actor=self.actor, company_id=company.pk, values=form.values(), version=form.cleaned_data["version"],
                learnt=form.learnt(),
            )  # fmt: skip
        except (Conflict, Invalid) as refusal:
            form.add_refusal(refusal)
            return self.shown(form, company, refusal.status)
        toast(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
        return redirect("vendor:partners:company-detail", company.public_id)


class _OfFact(ScopedPage):
    """What the pages of one fact share."""

    abstract = True

    @cached_property
    def company(self) -> Company:
        return reading.company_get(actor=self.actor, company_id=self.kwargs["company_id"])


class FactHistoryPage(_OfFact):
    """What a fact was told to be, by whom and when; what was entered by hand can be taken back."""

    permission = "partners.company:view"

    def get(self, request: HttpRequest, company_id: str, fact: str) -> HttpResponse:
        entries = reading.fact_history(actor=self.actor, company=self.company, fact=fact)
        by_hand = bool(entries) and not entries[0].status and entries[0].kind == "manual"
        context = {
            "company": self.company, "fact": fact, "label": fact_label(fact),
            "rows": history_rows(fact, entries, today=timezone.localdate()),
            "may_withdraw": by_hand and self.actor.may("partners.company:edit"),
        }  # fmt: skip
        return TemplateResponse(request, "partners/company/fact_history.html", context)


class FactWithdrawPage(_OfFact):
    """Takes back what was entered by hand: the next best source's value holds again."""

    permission = "partners.company:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str, fact: str) -> HttpResponse:
        try:
            services.fact_withdraw(actor=self.actor, company_id=self.company.pk, fact=fact)
        except Conflict as refusal:
            toast(request, refusal.message)
        else:
            toast(request, _("%(fact)s: what was entered by hand is taken back.") % {"fact": fact_label(fact)})
        return redirect("vendor:partners:fact-history", company_id, fact)
