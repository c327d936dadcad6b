"""What becomes of the invitations that somebody sent once they may send them no more: they are taken back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from prm.access.actors import Actor, ActorKind, Role
from prm.access.roles import as_sign_in
from prm.accounts.events import InvitationRevoked
from prm.accounts.giving import check_giving
from prm.accounts.models import Invitation
from prm.accounts.places import VENDOR
from prm.accounts.selectors.actors import actor_of_user_id
from prm.core.errors import DomainError
from prm.events.publishing import publish_all

#: What the vendor's people need to invite to a partner; to their own place everybody needs the other.
TO_PARTNERS, TO_ONES_OWN = "partners.partner:invite", "accounts.person:invite"
#: What the stage above calls the right to show an answer to specialists: whoever invites one needs it too.
SHARING = "profiling.publication:share"


def invitations_follow(*, actor: Actor, user_ids: Collection[UUID]) -> int:
    """Takes back the open invitations that these accounts sent and could not send as they stand now; how many.

    Whoever ends somebody's access, or lessens it, calls it: else they would come in again by a door that they left open. Publishes
    InvitationRevoked for each.
    """
    with as_sign_in(actor):
        waiting = Invitation.objects.filter(invited_by_id__in=user_ids, accepted_at__isnull=True, revoked_at__isnull=True)
        found = list(waiting.select_for_update().order_by("pk"))
    standing: dict[tuple[UUID | None, str], Actor | None] = {}
    over = [invitation for invitation in found if not _stands(invitation, standing)]
    with as_sign_in(actor):
        Invitation.objects.filter(pk__in=[one.pk for one in over]).update(revoked_at=timezone.now())
    publish_all([InvitationRevoked(subject_id=one.pk, partner_id=one.partner_id) for one in over], actor=actor)
    return len(over)


def may_still_invite(*, actor: Actor, invitation: Invitation) -> bool:
    """Whether whoever sent an invitation could send it now; asked again when it is followed, by the product itself (``actor``).

    A request of theirs that was under way when their access ended may have sent it after ``invitations_follow`` had looked. One that no
    account sent is the product's own.
    """
    return actor.is_system and (invitation.invited_by_id is None or _stands(invitation, {}))


def _stands(invitation: Invitation, standing: dict[tuple[UUID | None, str], Actor | None]) -> bool:
    """Whether its inviter could send it now, from any place of theirs. ``standing`` is read once for each."""
    places = (
        {VENDOR: TO_PARTNERS, str(invitation.partner_id): TO_ONES_OWN} if invitation.partner_id else {VENDOR: TO_ONES_OWN}
    )
    for place, permission in places.items():
        key = (invitation.invited_by_id, place)
        if key not in standing:
            standing[key] = actor_of_user_id(invitation.invited_by_id, place) if invitation.invited_by_id else None
        inviter = standing[key]
        if inviter is None or inviter.kind is ActorKind.ANONYMOUS or not inviter.may(permission):
            continue
        if Role.SPECIALIST in invitation.roles and not inviter.may(SHARING):
            continue
        try:
            check_giving(inviter, roles=invitation.roles, partner_id=invitation.partner_id)
        except DomainError:
            continue
        return True
    return False
