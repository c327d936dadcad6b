"""A partner's people: everybody sees who comes in; its administrators decide it."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.core.context import request_context
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from prm.access.actors import Role
from prm.access.pages import PortalPage
from prm.accounts.selectors_colleagues import colleague_get, colleague_list
from prm.accounts.services_colleagues import colleague_add, colleague_end, colleague_role_set
from prm.core.errors import Conflict, Invalid
from prm.portal.forms import ColleagueForm, RoleForm
from prm.portal.words import ROLE_WORDS
from prm.ui.toasts import toast


class PeoplePage(PortalPage):
    """Who comes in for the partner. Read by all of its people."""

    permission = "accounts.person:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [
            {"who": one, "role": ROLE_WORDS[one.role], "is_me": one.user_id == self.actor.user_id}
            for one in colleague_list(actor=self.actor)
        ]
        return TemplateResponse(request, "portal/people.html", {"rows": rows})


class ColleagueAddPage(PortalPage):
    """Access for a colleague, who chooses a password through the mail that is sent."""

    permission = "accounts.person:invite"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(ColleagueForm(initial={"language": self.actor.language}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ColleagueForm(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            try:
                colleague_add(actor=self.actor, **{**values, "role": Role(values["role"])})
            except (Invalid, Conflict) as refusal:
                _add_refusal(form, refusal)
            else:
                email, language = values["email"], values["language"]
                transaction.on_commit(lambda: _send_password_mail(request, email, language), robust=True)
                toast(request, _("%(name)s has access; a mail with the next step is on its way") % {"name": values["name"]})
                return HttpResponseRedirect(reverse("portal:people"))
        return self.shown(form, status=422)

    def shown(self, form: ColleagueForm, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        return TemplateResponse(self.request, "portal/people_add.html", {"form": form}, status=status)


class ColleaguePage(PortalPage):
    """One colleague: another role, or the end of their access."""

    permission = "accounts.person:edit"

    def get(self, request: HttpRequest, person_id: str) -> HttpResponse:
        colleague = colleague_get(actor=self.actor, person_id=person_id)
        return self.shown(RoleForm(initial={"role": colleague.role}), colleague)

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        colleague, form = colleague_get(actor=self.actor, person_id=person_id), RoleForm(request.POST)
        if form.is_valid():
            try:
                colleague = colleague_role_set(
                    actor=self.actor, person_id=colleague.person_id, role=Role(form.cleaned_data["role"])
                )
            except (Invalid, Conflict) as refusal:
                _add_refusal(form, refusal)
            else:
                toast(
                    request,
                    _("%(name)s has the role %(role)s now") % {"name": colleague.name, "role": ROLE_WORDS[colleague.role]},
                )
                return HttpResponseRedirect(reverse("portal:people"))
        return self.shown(form, colleague, status=422)

    def shown(self, form: RoleForm, colleague: Any, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        context = {"form": form, "who": colleague, "is_me": colleague.user_id == self.actor.user_id}
        return TemplateResponse(self.request, "portal/people_detail.html", context, status=status)


class ColleagueEndPage(PortalPage):
    """Ends a colleague's access. Adding them again gives it back."""

    permission = "accounts.person:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        colleague = colleague_end(actor=self.actor, person_id=person_id)
        toast(request, _("%(name)s has no access any more") % {"name": colleague.name})
        return HttpResponseRedirect(reverse("portal:people"))


def _add_refusal(form: Form, refusal: Invalid | Conflict) -> None:
    """A service's refusal at the field that it names."""
    field = refusal.field or refusal.data.get("field")
    form.add_error(field if field in form.fields else None, str(refusal.message))


def _send_password_mail(request: HttpRequest, email: str, language: str) -> None:
    """The sign-in package's own mail, after the transaction: as the bare login, and never while rows are locked."""
    with request_context(request), translation.override(language):
        form = ResetPasswordForm(data={"email": email})
        if form.is_valid():
            form.save(request)
