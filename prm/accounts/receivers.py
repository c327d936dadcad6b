"""What follows from what happens to accounts: the letters of invitations, and those of guesses at a password, leave."""

from __future__ import annotations

from prm.access.actors import Actor
from prm.accounts.events import InvitationResent, InvitationSent, PasswordGuessed
from prm.accounts.mails import guesses_mail, invitation_mail
from prm.events.received import Received
from prm.events.subscribing import subscriber


@subscriber("accounts.mail_invitation", InvitationSent, InvitationResent, outside=True)
def mail_invitation(happened: Received, *, actor: Actor) -> None:
    """The letter of an invitation that stands; its attempts and dead letters are those of every subscriber."""
    invitation_mail(actor=actor, invitation_id=happened.subject_id, letter=happened.data["letter"], key=happened.id)


@subscriber("accounts.mail_guesses", PasswordGuessed, outside=True)
def mail_guesses(happened: Received, *, actor: Actor) -> None:
    """The owner of an account is told that somebody guesses at its password."""
    guesses_mail(actor=actor, person_id=happened.subject_id, tried=happened.data, key=happened.id)
