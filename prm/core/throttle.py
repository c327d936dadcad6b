"""How often somebody may do something: fixed windows, counted in the cache. With the cache away nobody is refused."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from prm.core.errors import TooOften
from prm.core.networks import network_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Left:
    """What is left of a window; below 0 it was asked too often. ``reset`` is seconds until the next."""

    limit: int
    remaining: int
    reset: int

    @property
    def is_used_up(self) -> bool:
        return self.remaining < 0


@dataclass(frozen=True)
class Limit:
    """At most ``most`` times within ``seconds``, for each owner by itself: an address, a key."""

    name: str
    most: int
    seconds: int

    def use(self, owner: str) -> Left:
        """Counts one time."""
        name = self._name(owner)
        try:
            try:
                used = cache.incr(name)
            except ValueError:  # the first of its window
                used = 1 if cache.add(name, 1, self.seconds + 1) else cache.incr(name)
        except Exception as error:
            # Redis is away, or emptied between the two: counting is not worth an error.
            log.warning("%s cannot be counted: %s", self.name, error)
            used = 1
        return Left(self.most, self.most - used, self.seconds - int(time.time()) % self.seconds)

    def use_or_refuse(self, owner: str, message: Any) -> None:
        """Counts one time. Raises TooOften with ``message`` when that was one too many."""
        left = self.use(owner)
        if left.is_used_up:
            raise TooOften(message, seconds=left.reset)

    def is_reached(self, owner: str) -> bool:
        """Whether one more time would be too many; counts nothing."""
        try:
            return int(cache.get(self._name(owner)) or 0) >= self.most
        except Exception as error:
            log.warning("%s cannot be read: %s", self.name, error)
            return False

    def _name(self, owner: str) -> str:
        whose = salted_hmac("prm.core.throttle", owner, algorithm="sha256").hexdigest()[:24]
        return f"limit:{self.name}:{whose}:{int(time.time()) // self.seconds}"


def address_of(request: HttpRequest) -> str:
    """The visitor's own address, as the last ``PRM_PROXIES`` proxies told it: behind one, everybody has the same ``REMOTE_ADDR``.

    The address that sign-in counts by: of the long kind, the network of it. Raises PermissionDenied where there is none.
    """
    return network_of(str(get_adapter().get_client_ip(request)))
