"""Reading invitations: for those who invite, and for whoever holds a link. Runs as the bare login."""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_role, as_sign_in
from prm.accounts.guests import studies_archived, study_titles
from prm.accounts.models import Invitation, User
from prm.accounts.rules.keys import digest_of
from prm.accounts.selectors.roles import role_names
from prm.core.errors import NotFound
from prm.core.ids import typeid_key
from prm.core.keyset import KeysetPage, keyset_page

MOST = 500
_WAITING = Q(accepted_at__isnull=True, revoked_at__isnull=True)


def invitation_list(*, actor: Actor) -> list[Invitation]:
    """Invitations to the actor's own place, the newest first. One query. Raises Denied."""
    authorize(actor, "accounts.person:invite")
    return invitations_to(actor=actor, partner_id=actor.partner_id)


def invitations_to(*, actor: Actor, partner_id: UUID | None) -> list[Invitation]:
    """The same of a place that the caller has authorised. One query."""
    with as_sign_in(actor):
        return _named(actor, list(_of_place(partner_id)[:MOST]))


def invitations_to_study(*, actor: Actor, study_id: UUID) -> list[Invitation]:
    """Invitations to a study, which the caller has authorised, that wait or have run out, the newest first. One query."""
    with as_sign_in(actor):
        return list(_waiting_for_study(study_id)[:MOST])


def invitations_to_study_count(*, actor: Actor, study_id: UUID) -> int:
    """How many those are. One query."""
    with as_sign_in(actor):
        return _waiting_for_study(study_id).count()


def _waiting_for_study(study_id: UUID) -> QuerySet[Invitation]:
    return _of_place(None).filter(_WAITING, study_ids__contains=[study_id])


def invitation_page(
    *, actor: Actor, order: Sequence[str], email: str = "", states: Collection[str] = (), cursor: str = "", limit: int = 25,
    count: bool = False,
) -> KeysetPage:  # fmt: skip
    """One page of the invitations to the actor's own place, of one address or in some states. Raises Denied, BadCursor."""
    authorize(actor, "accounts.person:invite")
    page = invitation_page_to(
        actor=actor, partner_id=actor.partner_id, order=order, email=email, states=states, cursor=cursor, limit=limit,
        count=count,
    )  # fmt: skip
    return replace(page, rows=archived_told(actor=actor, invitations=page.rows))


def invitation_page_to(
    *, actor: Actor, partner_id: UUID | None, order: Sequence[str], email: str, states: Collection[str], cursor: str,
    limit: int, count: bool,
) -> KeysetPage:  # fmt: skip
    """The same of a place that the caller has authorised."""
    with as_sign_in(actor):
        rows = _of_place(partner_id)
        if states:
            rows = rows.filter(functools.reduce(operator.or_, (_in_state(state) for state in states)))
        if email:
            rows = rows.filter(email__iexact=email)
        page = keyset_page(rows.order_by(), order=order, cursor=cursor, limit=limit, count=count)
        return replace(page, rows=_named(actor, list(page.rows)))


def _in_state(state: str) -> Q:
    """As ``Invitation.state`` says it."""
    return {
        "accepted": Q(accepted_at__isnull=False),
        "revoked": Q(accepted_at__isnull=True, revoked_at__isnull=False),
        "open": _WAITING & Q(expires_at__gt=timezone.now()),
        "expired": _WAITING & Q(expires_at__lte=timezone.now()),
    }[state]


def invitations_ending(*, actor: Actor, within: timedelta, inviter_id: UUID | None = None) -> list[Invitation]:
    """Invitations to the vendor that nobody has followed and that have ended in the last two weeks or end ``within``, the earliest first;
    of one inviter, or of everybody. Raises Denied."""
    authorize(actor, "accounts.person:invite")
    now = timezone.now()
    with as_sign_in(actor):
        waiting = _of_place(actor.partner_id).filter(_WAITING)
        if inviter_id is not None:
            waiting = waiting.filter(invited_by_id=inviter_id)
        return list(
            waiting.filter(expires_at__gt=now - timedelta(days=14), expires_at__lte=now + within).order_by("expires_at")
        )


def invitation_get(*, actor: Actor, invitation_id: UUID | str, locked: bool = False) -> Invitation:
    """One of the actor's own place by key or public id; ``locked`` keeps it so until the transaction ends. Raises Denied, NotFound."""
    authorize(actor, "accounts.person:invite")
    found = invitation_to(actor=actor, partner_id=actor.partner_id, invitation_id=invitation_id, locked=locked)
    return archived_told(actor=actor, invitations=[found])[0]


def archived_told(*, actor: Actor, invitations: Iterable[Invitation]) -> list[Invitation]:
    """Invitations, each with those of its studies that were archived meanwhile (``archived_ids``). One query, none without studies."""
    rows = list(invitations)
    gone = set(studies_archived(actor, [key for one in rows for key in one.study_ids]))
    for one in rows:
        one.archived_ids = [key for key in one.study_ids if key in gone]
    return rows


def invitation_to(*, actor: Actor, partner_id: UUID | None, invitation_id: UUID | str, locked: bool = False) -> Invitation:
    """The same of a place that the caller has authorised. Raises NotFound."""
    with as_sign_in(actor):
        key = typeid_key(Invitation.typeid_prefix, invitation_id)
        rows = _of_place(partner_id).filter(pk=key)
        found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise NotFound
    return found


def _of_place(partner_id: UUID | None) -> QuerySet[Invitation]:
    return Invitation.objects.filter(partner_id=partner_id).select_related("partner")


def _named(actor: Actor, invitations: list[Invitation]) -> list[Invitation]:
    names = role_names(actor=actor, codes=[code for one in invitations for code in one.roles])
    for invitation in invitations:
        invitation.role_names = [names[code] for code in invitation.roles if code in names]
    return invitations


def invitation_behind(*, actor: Actor, token: str) -> Invitation | None:
    """The invitation that a link opens, while it is open. The actor is nobody yet: the token is the right."""
    with as_sign_in():
        found = Invitation.objects.filter(digest=digest_of(token)).select_related("partner").first()
    return _named(actor, [found])[0] if found is not None and found.state == "open" else None


def invitation_to_mail(*, actor: Actor, invitation_id: UUID) -> Invitation | None:
    """One that is open, for the product itself, which writes its letter; None for others and for one that is over. One query."""
    if not actor.is_system:
        return None
    with as_sign_in():
        found = Invitation.objects.filter(pk=invitation_id).select_related("partner").first()
    if found is None or found.state != "open":
        return None
    if found.study_ids:
        with as_role(actor):
            found.study_names = list(study_titles(actor, found.study_ids).values())
    return found


def inviter_of(*, actor: Actor, user_id: UUID | None) -> Invitation | None:
    """The invitation by which an account came in last: who is asked when no place is open to it any more. The actor is nobody there."""
    with as_sign_in():
        accepted = Invitation.objects.filter(accepted_by_id=user_id).exclude(inviter_name="").select_related("partner")
        return accepted.order_by("-accepted_at").first()


def has_account(*, actor: Actor, email: str) -> bool:
    """Whether an address has an account: asked for the address of an invitation that its holder has proved to hold."""
    with as_sign_in():
        return User.objects.filter(email__iexact=email).exists()
