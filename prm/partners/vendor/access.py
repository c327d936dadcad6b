"""Who of a partner comes in by the portal: invited, invited again, ended by the vendor."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from prm.access.actors import Role
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.forms.colleagues import ColleagueForm
from prm.accounts.places import roles_behind
from prm.accounts.words import with_taken_back
from prm.core.errors import Conflict, Invalid, TooOften
from prm.partners.models import Company, Partner
from prm.partners.rules.lifecycle import door_of
from prm.partners.selectors.company import company_get
from prm.partners.selectors.members import portal_access
from prm.partners.services.members import (
    partner_access_end,
    partner_invitation_revoke,
    partner_invite,
    partner_invite_again,
)
from prm.ui.toasts import toast


class _AccessPage(ConfirmedPage):
    """An act on the access of a partner's people."""

    abstract = True
    permission = "partners.partner:invite"

    @cached_property
    def company(self) -> Company:
        return company_get(actor=self.actor, company_id=self.kwargs["company_id"])

    @cached_property
    def partner(self) -> Partner:
        partner: Partner | None = getattr(self.company, "partner", None)
        if partner is None:
            raise Http404
        return partner

    @property
    def door(self) -> str:
        """As what the partner's people come in."""
        return door_of(self.partner.lifecycle)

    def back(self) -> HttpResponse:
        return redirect("vendor:partners:company-people", self.company.public_id)


class AccessInvitePage(_AccessPage):
    """Invites somebody of a partner to its portal. Whoever is first is offered to look after the others."""

    def get(self, request: HttpRequest, company_id: str) -> HttpResponse:
        is_first = not portal_access(actor=self.actor, partner=self.partner).people
        role = Role.PARTNER_ADMINISTRATOR if is_first else Role.PARTNER_SALES
        return self.shown(self.form(initial={"role": role, "language": self.partner.language or self.actor.language}))

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                invitation = partner_invite(actor=self.actor, partner_id=self.partner.pk, invited=form.invited())
            except (Invalid, Conflict, TooOften) as refusal:
                form.add_refusal(refusal)
            else:
                toast(request, _("%(name)s is invited; the mail is on its way") % {"name": invitation.name})
                return self.back()
        return self.shown(form, status=422)

    def form(self, data: Any = None, **options: Any) -> ColleagueForm:
        """The form, with the roles behind this partner's door."""
        return ColleagueForm(data, roles=roles_behind(self.door), **options)

    def shown(self, form: ColleagueForm, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        context = {"form": form, "company": self.company, "door": self.door}
        return TemplateResponse(self.request, "partners/record/access_invite.html", context, status=status)


class AccessInviteAgainPage(_AccessPage):
    """Sends another link; the earlier one opens nothing any more."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str, invitation_id: str) -> HttpResponse:
        try:
            invitation = partner_invite_again(actor=self.actor, partner_id=self.partner.pk, invitation_id=invitation_id)
        except TooOften as refusal:
            toast(request, str(refusal.message))
        else:
            toast(request, _("Another link is on its way to %(name)s") % {"name": invitation.name})
        return self.back()


class AccessRevokePage(_AccessPage):
    """Takes an invitation back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str, invitation_id: str) -> HttpResponse:
        invitation = partner_invitation_revoke(actor=self.actor, partner_id=self.partner.pk, invitation_id=invitation_id)
        toast(request, _("The invitation of %(name)s opens nothing any more") % {"name": invitation.name})
        return self.back()


class AccessEndPage(_AccessPage):
    """Ends somebody's access."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str, person_id: str) -> HttpResponse:
        name, taken_back = partner_access_end(actor=self.actor, partner_id=self.partner.pk, person_id=person_id)
        toast(request, with_taken_back(_("%(name)s has no access any more") % {"name": name}, taken_back))
        return self.back()
