"""What both doors do with an invitation: let it go out by mail, send it again, take it back."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.mails import send_invitation
from prm.accounts.models import Invitation
from prm.accounts.services_invitations import invitation_resend, invitation_revoke
from prm.core.errors import TooOften
from prm.ui.toasts import toast


def mail_after_commit(request: HttpRequest, invitation: Invitation, token: str) -> None:
    """The letter goes out once the invitation stands; that it could not be sent takes nothing back."""
    transaction.on_commit(lambda: send_invitation(request, invitation, token), robust=True)


class InvitationResend(ConfirmedPage):
    """Sends another link; the earlier one opens nothing any more. ``back`` names the page with the invitations."""

    abstract = True
    permission = "accounts.person:invite"
    http_method_names = ["post"]
    back: str

    def post(self, request: HttpRequest, invitation_id: str) -> HttpResponse:
        try:
            invitation, token = invitation_resend(actor=self.actor, invitation_id=invitation_id)
        except TooOften as refusal:
            toast(request, str(refusal.message))
        else:
            mail_after_commit(request, invitation, token)
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
