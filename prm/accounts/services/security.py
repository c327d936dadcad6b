"""Writing what opens an account: sessions. Second factors and passwords are allauth's to write."""

from __future__ import annotations

from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_sign_in
from prm.core.errors import NotFound

MOST_WORDS = 200


def session_end(*, actor: Actor, session_id: int) -> None:
    """Ends one of the actor's sessions at once. Raises NotFound for another person's."""
    with as_sign_in():
        session = UserSession.objects.filter(user_id=actor.account_id, pk=session_id).first()
        if session is None:
            raise NotFound
        session.end()


def sessions_end_others(*, actor: Actor, session_key: str | None) -> int:
    """Ends every session of the actor but the one given; how many."""
    with as_sign_in():
        others = list(UserSession.objects.filter(user_id=actor.account_id).exclude(session_key=session_key))
        for session in others:
            session.end()
    return len(others)


def sessions_end_all(*, actor: Actor, user_id: UUID) -> None:
    """Ends every session of somebody whose access an authorised service has just changed."""
    with as_sign_in():
        keys = list(UserSession.objects.filter(user_id=user_id).values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(user_id=user_id).delete()


def session_forget(*, actor: Actor, session_key: str | None) -> None:
    """Takes a session that is over from the list of those open."""
    UserSession.objects.filter(user_id=actor.user_id, session_key=session_key).delete()


def session_touch(*, actor: Actor, session_key: str | None, ip: str, user_agent: str) -> None:
    """Notes when and from where a session was last used: its owner recognises it by that."""
    known = UserSession.objects.filter(user_id=actor.user_id, session_key=session_key)
    known.update(last_seen_at=timezone.now(), ip=ip, user_agent=user_agent[:MOST_WORDS])
