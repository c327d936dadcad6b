"""How many requests a key may make, told in ``X-RateLimit-*`` (docs/integrators)."""

from __future__ import annotations

from django.conf import settings

from prm.access.actors import Actor
from prm.core.throttle import Left, Limit


def rate_use(actor: Actor) -> Left:
    """Counts one request of ``actor``'s key (or person) and, for partners, of the partner; the tighter of both windows."""
    limit = Limit("api", settings.PRM_API_RATE, settings.PRM_API_RATE_SECONDS)
    owners = [f"key:{actor.key_id or actor.user_id}"] + ([f"partner:{actor.partner_id}"] if actor.partner_id else [])
    return min((limit.use(owner) for owner in owners), key=lambda left: left.remaining)


def rate_headers(left: Left) -> dict[str, str]:
    """What every answer tells of it."""
    return {
        "X-RateLimit-Limit": str(left.limit),
        "X-RateLimit-Remaining": str(max(0, left.remaining)),
        "X-RateLimit-Reset": str(left.reset),
    }
