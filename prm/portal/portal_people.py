"""A partner's people: everybody sees who comes in; its administrators decide it, by the services that the vendor's do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.actors import PORTAL_DOOR, ROLE_WORDS, Role
from prm.access.pages import PortalPage
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.forms.colleagues import ColleagueForm
from prm.accounts.inviting import InvitationResend, InvitationRevoke
from prm.accounts.selectors.colleagues import colleague_list
from prm.accounts.selectors.invitations import invitation_list
from prm.accounts.selectors.members import Member, member_get
from prm.accounts.services.invitations import invitation_send
from prm.accounts.services.members import member_remove, member_set_roles
from prm.accounts.words import with_taken_back
from prm.core.errors import Conflict, Denied, Invalid, TooOften
from prm.portal.forms import RoleForm
from prm.ui.toasts import toast


class PeoplePage(PortalPage):
    """Who comes in for the partner, read by all of its people; who is invited, for those who invite."""

    permission = "accounts.person:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [
            {"who": one, "role": one.role_name, "is_me": one.user_id == self.actor.user_id}
            for one in colleague_list(actor=self.actor)
        ]
        waiting = invitation_list(actor=self.actor) if self.actor.may("accounts.person:invite") else []
        open_ones = [invitation for invitation in waiting if invitation.state in {"open", "expired"}]
        return TemplateResponse(request, "portal/people.html", {"rows": rows, "invitations": open_ones})


class ColleagueAddPage(ConfirmedPage):
    """Invites a colleague: the link in the mail makes their account, or adds to the one that they have."""

    permission = "accounts.person:invite"
    audiences = PORTAL_DOOR

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(ColleagueForm(initial={"language": self.actor.language}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ColleagueForm(request.POST)
        if form.is_valid():
            try:
                invitation = invitation_send(actor=self.actor, invited=form.invited())
            except (Invalid, Conflict, TooOften) as refusal:
                form.add_refusal(refusal)
            else:
                toast(request, _("%(name)s is invited; the mail is on its way") % {"name": invitation.name})
                return HttpResponseRedirect(reverse("portal:people"))
        return self.shown(form, status=422)

    def shown(self, form: ColleagueForm, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        return TemplateResponse(self.request, "portal/people_add.html", {"form": form}, status=status)


class InvitationResendPage(InvitationResend):
    """Another link for a colleague."""

    audiences = PORTAL_DOOR
    back = "portal:people"


class InvitationRevokePage(InvitationRevoke):
    """A colleague's invitation is taken back."""

    audiences = PORTAL_DOOR
    back = "portal:people"


class ColleaguePage(ConfirmedPage):
    """One colleague: another role, or the end of their access."""

    permission = "accounts.person:edit"
    audiences = PORTAL_DOOR

    def get(self, request: HttpRequest, person_id: str) -> HttpResponse:
        member = member_get(actor=self.actor, person_id=person_id)
        return self.shown(RoleForm(initial=_known(member)), member)

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        member = member_get(actor=self.actor, person_id=person_id)
        form = RoleForm(request.POST, initial=_known(member))
        done: list[Member] = []

        def change() -> None:
            roles, seen = [Role(form.cleaned_data["role"])], form.cleaned_data.get("seen", "")
            done.append(member_set_roles(actor=self.actor, person_id=member.person_id, roles=roles, seen=seen))

        try:
            if form.taken_by(change):
                role = ROLE_WORDS[Role(form.cleaned_data["role"])]
                words = _("%(name)s has the role %(role)s now") % {"name": member.name, "role": role}
                toast(request, with_taken_back(words, done[0].taken_back))
                return HttpResponseRedirect(reverse("portal:people"))
        except Denied as refusal:
            form.add_refusal(refusal)
        return self.shown(form, member, status=form.status)

    def shown(self, form: RoleForm, member: Member, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        context: dict[str, Any] = {"form": form, "who": member, "is_me": member.user_id == self.actor.user_id}
        return TemplateResponse(self.request, "portal/people_detail.html", context, status=status)


class ColleagueEndPage(ConfirmedPage):
    """Ends a colleague's access. Inviting them again gives it back."""

    permission = "accounts.person:archive"
    audiences = PORTAL_DOOR
    http_method_names = ["post"]

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        member = member_remove(actor=self.actor, person_id=person_id)
        words = _("%(name)s has no access any more") % {"name": member.name}
        toast(request, with_taken_back(words, member.taken_back))
        return HttpResponseRedirect(reverse("portal:people"))


def _known(member: Member) -> dict[str, Any]:
    """What the form of a role shows, and of which state that is."""
    return {"role": member.roles[0], "seen": member.state}
