"""What follows from what happens to accounts: the letters of invitations leave."""

from __future__ import annotations

from prm.access.actors import Actor
from prm.accounts.events import InvitationResent, InvitationSent
from prm.accounts.mails import invitation_mail
from prm.events.received import Received
from prm.events.subscribing import subscriber


@subscriber("accounts.mail_invitation", InvitationSent, InvitationResent, outside=True)
def mail_invitation(happened: Received, *, actor: Actor) -> None:
    """The letter of an invitation that stands; its attempts and dead letters are those of every subscriber."""
    invitation_mail(actor=actor, invitation_id=happened.subject_id, letter=happened.data["letter"], key=happened.id)
