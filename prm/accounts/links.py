"""The links of invitations: each letter has its own. A token follows from the installation's key, so that the letter can be written after
the invitation stands, and again after a kill, with the token kept nowhere."""

from __future__ import annotations

from prm.accounts.models import Invitation
from prm.accounts.rules.keys import digest_of
from prm.core.sealing import secrets_of


def token_made(invitation: Invitation) -> str:
    """The token of the letter that ``invitation`` counts now, by the key of today."""
    return next(secrets_of(_letter_of(invitation)))


def token_behind(invitation: Invitation) -> str:
    """The same of an invitation that stands, also when the key has changed since. LookupError when no known key made it."""
    for token in secrets_of(_letter_of(invitation)):
        if digest_of(token) == invitation.digest:
            return token
    raise LookupError(f"the link of {invitation.public_id} was made with a key that is not known any more: send it again")


def _letter_of(invitation: Invitation) -> str:
    return f"invitation {invitation.pk} letter {invitation.letters}"
