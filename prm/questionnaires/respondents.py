"""Who answers without an account: an actor of one invitation, and the link that makes somebody one."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_encode

from prm.access.actors import Actor

if TYPE_CHECKING:
    from prm.questionnaires.models import Invitation

#: What whoever holds a link may do, on the rows of that invitation alone (``policies``).
PERMISSIONS = frozenset(
    {
        "questionnaires.invitation:view",
        "questionnaires.invitation:answer",
        "questionnaires.answer:view",
        "questionnaires.answer:answer",
        "questionnaires.answer_file:view",
        "questionnaires.answer_file:answer",
        "partners.fact_proposal:view",
        "partners.fact_proposal:create",
    }
)


@dataclass(frozen=True, kw_only=True)
class Respondent(Actor):
    """Somebody who came by the link of an invitation: a partner or a candidate that reaches this invitation and nothing else."""

    invitation_id: UUID


def token_of(invitation_id: UUID) -> str:
    """The token of an invitation's link: 256 bits that only this installation's secret makes. It is kept nowhere."""
    return urlsafe_base64_encode(
        salted_hmac("prm.questionnaires.invitation", invitation_id.bytes, algorithm="sha256").digest()
    )


def digest_of(token: str) -> str:
    """What is kept of a token, and found by it."""
    return sha256(token.encode()).hexdigest()


def link_of(invitation: Invitation) -> str:
    """The address that the person opens, without the host; "" once the installation's secret is another than when it was sent."""
    token = token_of(invitation.pk)
    return f"/q/{token}" if digest_of(token) == invitation.token_digest else ""
