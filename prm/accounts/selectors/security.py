"""What opens somebody's own account: password, second factors, sessions. Runs as the bare login."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from prm.access.actors import Actor, ActorKind
from prm.access.roles import as_sign_in
from prm.accounts.models import User
from prm.accounts.rules.keys import device_of
from prm.accounts.rules.sign_in import Rules, is_outside
from prm.accounts.selectors.sign_in_rules import is_staff_let_off, rules_now

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class Passkey:
    """A passkey by the name that its owner gave it."""

    pk: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class OpenSession:
    """A browser in which the account is open. ``is_current``: the one that asks."""

    pk: int
    device: str
    ip: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


@dataclass(frozen=True)
class Security:
    """Everything that the page "Security" shows of one account."""

    email: str
    has_password: bool
    app: Authenticator | None
    passkeys: list[Passkey] = field(default_factory=list)
    codes_left: int | None = None
    sessions: list[OpenSession] = field(default_factory=list)

    @property
    def has_second_step(self) -> bool:
        return self.app is not None or bool(self.passkeys)

    @property
    def others(self) -> int:
        """How many other browsers are open."""
        return sum(not session.is_current for session in self.sessions)


def security_get(*, actor: Actor, session_key: str | None) -> Security:
    """The actor's own account. Sessions that ended elsewhere, or would at their next click, are left out."""
    with as_sign_in():
        user = User.objects.get(pk=actor.account_id)
        factors = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at"))
        by_kind = {factor.type: factor for factor in factors}
        codes = by_kind.get(Authenticator.Type.RECOVERY_CODES)
        return Security(
            email=user.email,
            has_password=user.has_usable_password(),
            app=by_kind.get(Authenticator.Type.TOTP),
            passkeys=[_passkey(f) for f in factors if f.type == Authenticator.Type.WEBAUTHN],
            codes_left=len(codes.wrap().get_unused_codes()) if codes is not None else None,
            sessions=_sessions(actor, user, session_key),
        )


def is_second_step_required(*, actor: Actor, rules: Rules) -> bool:
    """Whether a password alone does not open this account: that of the vendor's people, unless the installation is started otherwise;
    that of others where the rules say so."""
    if is_outside(actor):
        return rules.partner_second_step
    return actor.kind is ActorKind.VENDOR and not is_staff_let_off(actor=actor)


def has_second_step(*, actor: Actor) -> bool:
    """Whether the actor's account has a second factor at all. One query."""
    with as_sign_in():
        return bool(Authenticator.objects.filter(user_id=actor.account_id, type__in=SECOND_STEPS).exists())


def _passkey(factor: Authenticator) -> Passkey:
    return Passkey(factor.pk, factor.wrap().name, factor.created_at, factor.last_used_at)


def _sessions(actor: Actor, user: User, current: str | None) -> list[OpenSession]:
    idle, most = rules_now(actor=actor).limits_of(actor)
    now = timezone.now()
    known = list(UserSession.objects.filter(user_id=user.pk).order_by("-last_seen_at"))
    living = set(Session.objects.filter(session_key__in=[s.session_key for s in known]).values_list("session_key", flat=True))

    def is_alive(session: UserSession) -> bool:
        return now - session.created_at <= timedelta(seconds=most) and now - session.last_seen_at <= timedelta(seconds=idle)

    found = [
        OpenSession(s.pk, device_of(s.user_agent), s.ip, s.created_at, s.last_seen_at, s.session_key == current)
        for s in known
        if s.session_key in living and (s.session_key == current or is_alive(s))
    ]
    return sorted(found, key=lambda session: not session.is_current)
