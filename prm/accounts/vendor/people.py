"""Settings pages about people: invitations and their state, somebody's roles, lost second steps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.actors import Role
from prm.access.pages import ScopedPage
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.forms.members import HeldRolesForm, InvitedStudiesForm
from prm.accounts.inviting import InvitationResend, InvitationRevoke
from prm.accounts.models import Invitation
from prm.accounts.selectors.invitations import invitation_get, invitation_list
from prm.accounts.selectors.members import Member, member_get
from prm.accounts.services.invitations import invitation_change
from prm.accounts.services.members import member_reset_steps, member_set_roles
from prm.accounts.tables.people import INVITATION_SORTS, INVITATIONS, invitation_words
from prm.accounts.words import with_taken_back
from prm.core.errors import Denied, NotFound
from prm.ui.listings import Empty, Listing, render_list
from prm.ui.pages import narrowed, whole_page
from prm.ui.toasts import toast


class InvitationListPage(ScopedPage):
    """Who is invited, by whom, until when; who came in."""

    permission = "accounts.person:invite"

    def get(self, request: HttpRequest) -> HttpResponse:
        state = INVITATIONS.state(request)
        found = narrowed(invitation_list(actor=self.actor), state, words=invitation_words, sorts=INVITATION_SORTS)
        empty = Empty(
            title=_("Nobody is invited"), text=_("Whoever you invite appears here until they come in."),
            act_label=_("Invite somebody"), act_url=reverse("vendor:accounts:member-add"),
        )  # fmt: skip
        listing = Listing(spec=INVITATIONS, state=state, page=whole_page(found), noun=_("Invitations"), empty=empty)
        return render_list(request, listing, "accounts/invitation_list.html", {})


class InvitationResendPage(InvitationResend):
    """Another link for somebody whom the vendor invited."""

    back = "vendor:accounts:invitation-list"


class InvitationRevokePage(InvitationRevoke):
    """An invitation by the vendor is taken back."""

    back = "vendor:accounts:invitation-list"


class InvitationStudiesPage(ConfirmedPage):
    """Which studies a waiting invitation opens to a specialist, and until when."""

    permission = "accounts.person:invite"

    def get(self, request: HttpRequest, invitation_id: str) -> HttpResponse:
        invitation = self.invitation()
        return self.shown(InvitedStudiesForm(actor=self.actor, invitation=invitation), invitation)

    def post(self, request: HttpRequest, invitation_id: str) -> HttpResponse:
        invitation = self.invitation()
        form = InvitedStudiesForm(request.POST, actor=self.actor, invitation=invitation)

        def change() -> None:
            seen = form.cleaned_data.get("seen", "")
            invitation_change(actor=self.actor, invitation_id=invitation.pk, seen=seen, **form.given())

        try:
            if form.taken_by(change):
                toast(request, _("The invitation of %(name)s opens this from now on") % {"name": invitation.name})
                return HttpResponseRedirect(reverse("vendor:accounts:invitation-list"))
        except Denied as refusal:
            form.add_refusal(refusal)
        return self.shown(form, invitation, status=form.status)

    def invitation(self) -> Invitation:
        """The one that the address names. Raises NotFound for one of no specialist."""
        found = invitation_get(actor=self.actor, invitation_id=self.kwargs["invitation_id"])
        if Role.SPECIALIST not in found.roles:
            raise NotFound
        return found

    def shown(self, form: InvitedStudiesForm, invitation: Invitation, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        context = {"form": form, "invitation": invitation}
        return TemplateResponse(self.request, "accounts/invitation_studies.html", context, status=status)


class MemberRolesPage(ConfirmedPage):
    """Changes which roles somebody holds."""

    permission = "accounts.person:edit"

    def get(self, request: HttpRequest, person_id: str) -> HttpResponse:
        member = member_get(actor=self.actor, person_id=person_id)
        return self.shown(HeldRolesForm(actor=self.actor, member=member), member)

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        member = member_get(actor=self.actor, person_id=person_id)
        form = HeldRolesForm(request.POST, actor=self.actor, member=member)
        done: list[Member] = []

        def change() -> None:
            roles, seen = form.cleaned_data.get("roles", ()), form.cleaned_data.get("seen", "")
            done.append(member_set_roles(actor=self.actor, person_id=member.person_id, roles=roles, seen=seen))

        try:
            if form.taken_by(change):
                words = _("%(name)s holds these roles from now on") % {"name": member.name}
                toast(request, with_taken_back(words, done[0].taken_back))
                return HttpResponseRedirect(reverse("vendor:accounts:member-list"))
        except Denied as refusal:
            form.add_error("roles", str(refusal.message))
        return self.shown(form, member, status=form.status)

    def shown(self, form: HeldRolesForm, member: Member, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        context = {"member": member, "form": form}
        return TemplateResponse(self.request, "accounts/member_roles.html", context, status=status)


class MemberResetStepsPage(ConfirmedPage):
    """For somebody who lost phone and codes."""

    permission = "accounts.person:sign_in"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        member = member_reset_steps(actor=self.actor, person_id=person_id)
        toast(request, _("%(name)s sets a second step up anew at the next sign-in") % {"name": member.name})
        return HttpResponseRedirect(reverse("vendor:accounts:member-list"))
