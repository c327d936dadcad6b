"""What both doors do with an invitation: send it again, take it back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.services.invitations import invitation_resend, invitation_revoke
from prm.core.errors import TooOften
from prm.ui.toasts import toast


class InvitationResend(ConfirmedPage):
    """Sends another link; the earlier one opens nothing any more. ``back`` names the page with the invitations."""

    abstract = True
    permission = "accounts.person:invite"
    http_method_names = ["post"]
    back: str

    def post(self, request: HttpRequest, invitation_id: str) -> HttpResponse:
        try:
            invitation = invitation_resend(actor=self.actor, invitation_id=invitation_id)
        except TooOften as refusal:
            toast(request, str(refusal.message))
        else:
            toast(request, _("Another link is on its way to %(name)s") % {"name": invitation.name})
        return HttpResponseRedirect(reverse(self.back))


class InvitationRevoke(ScopedPage):
    """Takes an invitation back. ``back`` as above."""

    abstract = True
    permission = "accounts.person:invite"
    http_method_names = ["post"]
    back: str

    def post(self, request: HttpRequest, invitation_id: str) -> HttpResponse:
        invitation = invitation_revoke(actor=self.actor, invitation_id=invitation_id)
        toast(request, _("The invitation of %(name)s opens nothing any more") % {"name": invitation.name})
        return HttpResponseRedirect(reverse(self.back))
