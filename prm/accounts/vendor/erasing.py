"""The page on which an administrator erases somebody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.accounts.confirming import ConfirmedPage
from prm.accounts.selectors.erasing import person_to_erase
from prm.accounts.services.erasing import person_erase
from prm.core.errors import Conflict
from prm.ui.toasts import toast


class PersonErasePage(ConfirmedPage):
    """Says what goes and what stays, and asks for the name: it is not to be undone."""

    permission = "accounts.person:erase"

    def get(self, request: HttpRequest, person_id: str) -> HttpResponse:
        return self.shown(person_id)

    def shown(self, person_id: str, error: str = "") -> HttpResponse:
        """The page; with why nothing was done."""
        context = {"person": person_to_erase(actor=self.actor, person_id=person_id), "error": error}
        return TemplateResponse(self.request, "accounts/person_erase.html", context, status=422 if error else 200)

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        person = person_to_erase(actor=self.actor, person_id=person_id)
        if request.POST.get("name", "").strip() != person.name:
            return self.shown(person_id, _("Write the name as it stands above."))
        try:
            person_erase(actor=self.actor, person_id=person_id)
        except Conflict as refusal:
            return self.shown(person_id, str(refusal.message))
        toast(request, _("Erased. What they did stays, under a pseudonym."))
        return HttpResponseRedirect(reverse("vendor:accounts:member-list"))
