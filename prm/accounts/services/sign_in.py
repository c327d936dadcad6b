"""Keeping who tried to sign in. Sign-in runs in autocommit: what is noted of a refused try stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from prm.access.actors import Actor
from prm.accounts.models import SignIn
from prm.accounts.selectors.sign_in import address_digest

KEPT = timedelta(days=180)


def sign_in_note(
    *, actor: Actor, email: str, is_in: bool, way: str, ip: str | None, device: str, user_id: UUID | None = None
) -> None:
    """Notes a try. One that succeeded also takes away what is older than 180 days."""
    now = timezone.now()
    SignIn.objects.create(
        user_id=user_id, address_digest=address_digest(actor=actor, email=email), way=way, ip=ip, device=device[:80], at=now,
        outcome=SignIn.Outcome.IN if is_in else SignIn.Outcome.REFUSED,
    )  # fmt: skip
    if is_in:
        SignIn.objects.filter(at__lt=now - KEPT).delete()
