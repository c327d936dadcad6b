"""Settings pages of administrators and directors: the people who have access."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.actors import Role
from prm.access.pages import ScopedPage
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.forms.members import MemberForm
from prm.accounts.selectors.members import Member, member_list
from prm.accounts.services.invitations import invitation_send
from prm.accounts.services.members import member_activate, member_deactivate
from prm.accounts.tables.members import MEMBER_SORTS, MEMBERS, MemberRow, member_words
from prm.accounts.words import with_taken_back
from prm.core.errors import Conflict, Invalid, TooOften
from prm.ui.listings import Listing, render_list
from prm.ui.pages import narrowed, whole_page
from prm.ui.toasts import toast


class MemberListPage(ScopedPage):
    """Who has access, with which role, last seen when."""

    permission = "accounts.person:invite"

    def get(self, request: HttpRequest) -> HttpResponse:
        everybody = member_list(actor=self.actor)
        state = MEMBERS.state(request)
        rows = [
            MemberRow(member, is_me=self._is_me(member), may_change=self._may_change(member))
            for member in narrowed(everybody, state, words=member_words, sorts=MEMBER_SORTS)
        ]
        listing = Listing(
            spec=MEMBERS, state=state, page=whole_page(rows), noun=_("People with access"), export="members",
        )  # fmt: skip
        context = {"active": sum(member.is_active for member in everybody), "total": len(everybody)}
        return render_list(request, listing, "accounts/member_list.html", context)

    def _is_me(self, member: Member) -> bool:
        return member.user_id == self.actor.user_id

    def _may_change(self, member: Member) -> bool:
        is_above = Role.ADMINISTRATOR in member.roles and Role.ADMINISTRATOR not in self.actor.roles
        return not self._is_me(member) and not is_above and self.actor.may("accounts.person:archive")


class MemberAddPage(ConfirmedPage):
    """Invites somebody: the link in the mail makes their account, or adds to the one that they have."""

    permission = "accounts.person:invite"

    def get(self, request: HttpRequest) -> HttpResponse:
        study = request.GET.get("study", "")
        first = {"roles": [Role.SPECIALIST.value], "studies": [study]} if study else {}
        form = MemberForm(actor=self.actor, initial=first)
        return TemplateResponse(request, "accounts/member_add.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MemberForm(request.POST, actor=self.actor)
        if form.is_valid():
            try:
                invitation = invitation_send(actor=self.actor, invited=form.invited())
            except (Invalid, Conflict, TooOften) as refusal:
                form.add_refusal(refusal)
            else:
                toast(request, _("%(name)s is invited; the mail is on its way") % {"name": invitation.name})
                return HttpResponseRedirect(reverse("vendor:accounts:invitation-list"))
        return TemplateResponse(request, "accounts/member_add.html", {"form": form}, status=422)


class MemberDeactivatePage(ConfirmedPage):
    """Ends somebody's access; the toast holds the way back."""

    permission = "accounts.person:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        member = member_deactivate(actor=self.actor, person_id=person_id)
        undo = reverse("vendor:accounts:member-activate", args=[member.public_id])
        words = _("%(name)s has no access any more") % {"name": member.name}
        toast(request, with_taken_back(words, member.taken_back), undo_url=undo)
        return HttpResponseRedirect(reverse("vendor:accounts:member-list"))


class MemberActivatePage(ConfirmedPage):
    """Gives the access back."""

    permission = "accounts.person:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        member = member_activate(actor=self.actor, person_id=person_id)
        toast(request, _("%(name)s has access again") % {"name": member.name})
        return HttpResponseRedirect(reverse("vendor:accounts:member-list"))
