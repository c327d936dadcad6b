"""How many requests a key may make: fixed windows counted in the cache, told in ``X-RateLimit-*`` (docs/integrators)."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from prm.access.actors import Actor

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rate:
    """What is left of a window; ``reset`` is seconds until the next."""

    limit: int
    remaining: int
    reset: int

    @property
    def is_used_up(self) -> bool:
        return self.remaining < 0

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.remaining)),
            "X-RateLimit-Reset": str(self.reset),
        }


def rate_use(actor: Actor) -> Rate:
    """Counts one request of ``actor``'s key (or person) and, for partners, of the partner; the tighter of both windows.

    With the cache down nobody is refused.
    """
    window = settings.PRM_API_RATE_SECONDS
    now = int(time.time())
    slot, reset = now // window, window - now % window
    owners = [f"key:{actor.key_id or actor.user_id}"] + ([f"partner:{actor.partner_id}"] if actor.partner_id else [])
    used = max(_count(f"api-rate:{owner}:{slot}", window) for owner in owners)
    return Rate(settings.PRM_API_RATE, settings.PRM_API_RATE - used, reset)


def _count(name: str, window: int) -> int:
    try:
        try:
            return cache.incr(name)
        except ValueError:  # the first of its window
            return 1 if cache.add(name, 1, window + 1) else cache.incr(name)
    except Exception as error:
        # Redis is away, or emptied between the two: counting is not worth an error.
        log.warning("requests cannot be counted: %s", error)
        return 1
