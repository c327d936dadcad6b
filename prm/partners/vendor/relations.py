"""Acts on a relationship and on who talks to whom: set in place, introduced, taken back."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.access.pages import ScopedPage
from prm.core.ids import typeid_encode, uuid7
from prm.partners.forms.relations import NEW, IntroduceForm, RelationshipForm, SpokenForm
from prm.partners.models import Company, Department, Liaison, Partner
from prm.partners.selectors import record as reading
from prm.partners.selectors.company import territory_options
from prm.partners.selectors.partners import manager_options, partner_get
from prm.partners.services.liaisons import introduce, liaison_create, liaison_delete, liaison_edit
from prm.partners.services.lifecycle import moves_take_back
from prm.partners.services.partners import partner_edit
from prm.ui import formats
from prm.ui.toasts import toast


class _OfCompany(ScopedPage):
    """What the acts share: the company of the address."""

    abstract = True

    @cached_property
    def company(self) -> Company:
        return reading.record_get(actor=self.actor, company_id=self.kwargs["company_id"])

    def back(self, name: str) -> HttpResponse:
        return redirect(f"vendor:partners:{name}", self.company.public_id)


class PartnerEditPage(_OfCompany):
    """Account manager, territories, currency, language: edited where they stand, or on a page of their own without scripts."""

    permission = "partners.partner:edit"

    def get(self, request: HttpRequest, company_id: str) -> HttpResponse:
        return self.shown(self.form())

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.taken_by(lambda: partner_edit(
            actor=self.actor, partner_id=self.partner.pk, values=form.values(), version=form.typed("version")
        )):  # fmt: skip
            return self.shown(form, 422)
        toast(request, _("%(name)s is saved.") % {"name": self.company.name})
        response = self.back("company-relationship")
        if self.is_fragment:
            return HttpResponse(status=204, headers={"HX-Redirect": response.headers["Location"]})
        return response

    @cached_property
    def partner(self) -> Partner:
        partner = getattr(self.company, "partner", None)
        if partner is None:
            raise Http404
        return partner_get(actor=self.actor, partner_id=partner.pk)

    @property
    def is_fragment(self) -> bool:
        return self.request.headers.get("HX-Target") == "terms"

    def form(self, *data: Any) -> RelationshipForm:
        may_assign = self.actor.may("partners.partner:assign")
        return RelationshipForm(
            *data, partner=self.partner, served=[link.territory.code for link in self.partner.served],  # type: ignore[attr-defined]
            managers=manager_options(actor=self.actor) if may_assign else [], territories=territory_options(actor=self.actor),
            may_assign=may_assign,
        )  # fmt: skip

    def shown(self, form: RelationshipForm, status: int = 200) -> HttpResponse:
        template = "partners/record/terms_form.html" if self.is_fragment else "partners/record/terms_page.html"
        context = {"company": self.company, "partner": self.partner, "form": form}
        return TemplateResponse(self.request, template, context, status=status)


class IntroducePage(_OfCompany):
    """Somebody of ours and somebody of theirs get to know each other; theirs may be new."""

    permission = "partners.liaison:edit"

    def get(self, request: HttpRequest, company_id: str) -> HttpResponse:
        asked = request.GET.get("department", "")
        asked = asked if asked in Department.values else ""
        known = [p for p in self.positions if p.department == asked] if asked else self.positions
        first = request.GET.get("theirs") or (str(known[0].person_id) if known else NEW)
        fresh = typeid_encode(Liaison.typeid_prefix, uuid7())
        return self.shown(self.form(initial={
            "key": fresh, "theirs": first, "department": asked, "ours": str(self.actor.person_id or ""),
            "spoken_on": timezone.localdate(),
        }))  # fmt: skip

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.taken_by(lambda: self.introduced(form)):
            return self.shown(form, 422)
        toast(request, _("These two know each other now."))
        return self.back("company-people")

    def introduced(self, form: IntroduceForm) -> None:
        theirs, key = form.typed("theirs"), form.typed("key")
        new = {name: form.typed(name) or "" for name in ("name", "title", "email")} | {"department": form.typed("department")}
        introduce(
            actor=self.actor, company_id=self.company.pk, ours=UUID(form.typed("ours")),
            theirs=None if theirs == NEW else UUID(theirs), new=new if theirs == NEW else None,
            department=form.typed("department"), spoken_on=form.typed("spoken_on"), key=Liaison.key_of(key) if key else None,
        )  # fmt: skip

    @cached_property
    def positions(self) -> list[Any]:
        return reading.positions_of(actor=self.actor, company=self.company)

    def form(self, *data: Any, **options: Any) -> IntroduceForm:
        theirs = [(str(p.person_id), _named(p)) for p in self.positions]
        return IntroduceForm(*data, theirs=theirs, ours=manager_options(actor=self.actor), **options)

    def shown(self, form: IntroduceForm, status: int = 200) -> HttpResponse:
        context = {"company": self.company, "form": form}
        return TemplateResponse(self.request, "partners/record/introduce.html", context, status=status)


class LiaisonEditPage(_OfCompany):
    """When the two last spoke."""

    permission = "partners.liaison:edit"

    def get(self, request: HttpRequest, company_id: str, liaison_id: str) -> HttpResponse:
        return self.shown(SpokenForm(initial={"spoken_on": self.liaison.spoken_on}))

    def post(self, request: HttpRequest, company_id: str, liaison_id: str) -> HttpResponse:
        form = SpokenForm(request.POST)
        if not form.taken_by(
            lambda: liaison_edit(actor=self.actor, liaison_id=self.liaison.pk, spoken_on=form.typed("spoken_on"))
        ):
            return self.shown(form, 422)
        toast(request, _("%(name)s is saved.") % {"name": f"{self.liaison.ours.name} – {self.liaison.theirs.name}"})
        return self.back("company-people")

    @cached_property
    def liaison(self) -> Liaison:
        key = Liaison.key_of(self.kwargs["liaison_id"])
        return reading.liaison_get(actor=self.actor, company_id=self.company.pk, liaison_id=key)

    def shown(self, form: SpokenForm, status: int = 200) -> HttpResponse:
        context = {"company": self.company, "liaison": self.liaison, "form": form}
        return TemplateResponse(self.request, "partners/record/liaison.html", context, status=status)


class LiaisonDeletePage(LiaisonEditPage):
    """They speak no more; undone from the toast."""

    permission = "partners.liaison:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str, liaison_id: str) -> HttpResponse:
        gone = liaison_delete(actor=self.actor, liaison_id=self.liaison.pk)
        undo = reverse("vendor:partners:liaison-restore", args=[company_id, liaison_id]) + (
            f"?ours={gone.ours_id}&theirs={gone.theirs_id}&department={gone.department}&on={gone.spoken_on or ''}"
        )
        toast(
            request,
            _("%(ours)s and %(theirs)s speak no more.") % {"ours": gone.ours.name, "theirs": gone.theirs.name},
            undo_url=undo,
        )
        return self.back("company-people")


class LiaisonRestorePage(_OfCompany):
    """Undo of a removal."""

    permission = "partners.liaison:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str, liaison_id: str) -> HttpResponse:
        try:
            ours, theirs = UUID(request.GET.get("ours", "")), UUID(request.GET.get("theirs", ""))
            day = date.fromisoformat(request.GET["on"]) if request.GET.get("on") else None
        except ValueError as error:
            raise Http404 from error
        liaison_create(
            actor=self.actor, company_id=self.company.pk, ours=ours, theirs=theirs, department=request.GET.get("department"),
            spoken_on=day, key=Liaison.key_of(liaison_id),
        )  # fmt: skip
        toast(request, _("They are back."))
        return self.back("company-people")


class MovesTakeBackPage(ScopedPage):
    """Undo of a step, or of an act on many."""

    permission = "partners.partner:advance"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, batch: UUID) -> HttpResponse:
        back, stayed = moves_take_back(actor=self.actor, batch=batch)
        words = ngettext("%(n)s step is taken back.", "%(n)s steps are taken back.", back) % {"n": formats.number(back)}
        if stayed:
            stay = ngettext("%(n)s went on since and stays.", "%(n)s went on since and stay.", stayed)
            words += " " + stay % {"n": formats.number(stayed)}
        toast(request, words)
        company = request.GET.get("company", "")
        if company:
            return redirect("vendor:partners:company-detail", company)
        return redirect("vendor:partners:partner-list")


def _named(position: Any) -> str:
    about = position.person.title or position.get_department_display()
    return f"{position.name}, {about}" if about else str(position.name)
