"""The form of a company: add one, correct its facts, see and take back what a fact was told to be, and who is already there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict
from prm.core.ids import typeid_encode, uuid7
from prm.partners.facts.words import fact_label, history_rows
from prm.partners.forms.company import CompanyForm
from prm.partners.models import Company
from prm.partners.selectors import company as reading
from prm.partners.services import companies as services
from prm.ui.toasts import toast


class _AlikeError(Exception):
    """Undoes an addition: these are there already."""

    def __init__(self, twins: Sequence[Any]) -> None:
        super().__init__()
        self.twins = twins


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
        try:
            if not form.taken_by(lambda: self.add(form)):
                return self.shown(form, status=422)
        except _AlikeError as alike:
            return self.shown(form, status=409, twins=alike.twins, ask=True)
        toast(request, _("%(name)s is added.") % {"name": self.made.name})
        return redirect("vendor:partners:company-detail", self.made.public_id)

    def add(self, form: CompanyForm) -> None:
        """Adds it, unless one is there that is alike and nobody said yet that this is another."""
        key, values = form.typed("key"), form.values()
        self.made = services.company_create(
            actor=self.actor, values=values, learnt=form.learnt(), key=Company.key_of(key) if key else None
        )
        if not form.typed("sure"):
            alike: dict[str, Any] = {n: values[n] or "" for n in ("name", "country", "website", "registration_number")}
            found = reading.company_twins(actor=self.actor, **alike)
            if twins := [twin for twin in found if twin.company.pk != self.made.pk]:
                raise _AlikeError(twins)


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
        if not form.taken_by(lambda: services.company_edit(
            actor=self.actor, company_id=company.pk, values=form.values(), version=form.typed("version"), learnt=form.learnt(),
        )):  # fmt: skip
            return self.shown(form, company, form.status)
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
