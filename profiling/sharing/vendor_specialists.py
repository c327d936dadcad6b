"""The page of a study about who outside sees it: let in, for longer or shorter, no more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.accounts.selectors.guests import Guest, specialist_choices
from prm.core.days import last_day
from prm.core.errors import Conflict, Invalid
from prm.ui import formats
from prm.ui.toasts import toast
from profiling.sharing.forms import AdmitForm
from profiling.sharing.selectors import is_shared
from profiling.sharing.selectors_specialists import specialist_list, specialists_invited
from profiling.sharing.services_specialists import specialist_admit, specialist_end
from profiling.studies.selectors import run_shown, study_get


class StudySpecialistsPage(ScopedPage):
    """Who outside sees a study, until when; others let in, and days changed."""

    permission = "profiling.publication:share"

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        return self.shown()

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        form = AdmitForm(request.POST, people=specialist_choices(actor=self.actor))
        if not form.is_valid():
            return self.shown(form)
        try:
            who = specialist_admit(
                actor=self.actor, study_id=study_id, person_id=form.cleaned_data["person"], until=form.until
            )
        except (Invalid, Conflict) as refusal:
            form.add_refusal(refusal)
            return self.shown(form)
        day = form.cleaned_data["until_on"]
        words = {"name": who.name, "day": formats.day(day) if day else ""}
        toast(
            request,
            _("%(name)s sees this study until %(day)s") % words if words["day"] else _("%(name)s sees this study") % words,
        )
        return HttpResponseRedirect(reverse("vendor:profiling:study-specialists", args=[study_id]))

    def shown(self, refused: AdmitForm | None = None) -> HttpResponse:
        """The page; what was refused stands where it was typed: at the person's line, or in the form below."""
        study_id = self.kwargs["study_id"]
        study = study_get(actor=self.actor, study_id=study_id)
        guests = specialist_list(actor=self.actor, study_id=study_id)
        known = {guest.public_id for guest in guests}
        others = [choice for choice in specialist_choices(actor=self.actor) if choice[0] not in known]
        at_line = refused if refused is not None and refused["person"].value() in known else None
        context: dict[str, Any] = {
            "study": study, "number": is_shared(actor=self.actor, study_id=study.pk),
            "run": run_shown(actor=self.actor, study=study), "rows": [(guest, _line(guest, at_line)) for guest in guests],
            "waiting": [
                (one, last_day(one.studies_until) if one.studies_until else None)
                for one in specialists_invited(actor=self.actor, study_id=study_id)
            ],
            "form": refused if refused is not None and at_line is None else AdmitForm(people=others),
            "others": others, "may_invite": self.actor.may("accounts.person:invite"),
        }  # fmt: skip
        status = 422 if refused is not None else 200
        return TemplateResponse(self.request, "profiling/sharing/specialists.html", context, status=status)


class SpecialistEndPage(ScopedPage):
    """Closes the study to one of them."""

    permission = "profiling.publication:share"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str, person_id: str) -> HttpResponse:
        who = specialist_end(actor=self.actor, study_id=study_id, person_id=person_id)
        toast(request, _("%(name)s sees this study no more") % {"name": who.name})
        return HttpResponseRedirect(reverse("vendor:profiling:study-specialists", args=[study_id]))


def _line(guest: Guest, refused: AdmitForm | None) -> dict[str, Any]:
    """What the form of a person's line shows."""
    if refused is not None and refused["person"].value() == guest.public_id:
        errors = [error for found in refused.errors.values() for error in found]
        return {
            "day": last_day(guest.until) if guest.until else None,
            "until": refused["until_on"].value() or "",
            "errors": errors,
        }
    day = last_day(guest.until) if guest.until else None
    return {"day": day, "until": day.isoformat() if day else "", "errors": []}
