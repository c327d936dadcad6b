"""Figures over a whole table, kept when they take long: beyond some hundred thousand rows no page may read them at each view.

What is read within a second is read afresh each time. What takes longer is kept in the cache for an hour, and periodic work renews it
every few minutes, so that nobody waits for it. With the cache down it is read afresh.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

log = logging.getLogger(__name__)
T = TypeVar("T")
SLOW_SECONDS = 1.0
KEPT_SECONDS = 3600


def kept(name: str, read: Callable[[], T]) -> T:
    """What ``read`` answers, or answered within the last hour when it took long. The same for whoever may ask."""
    try:
        found: T | None = cache.get(_key(name))
    except Exception as error:
        log.warning("kept figures cannot be read: %s", error)
        return read()
    return renew(name, read) if found is None else found


def renew(name: str, read: Callable[[], T]) -> T:
    """Reads now, and keeps the answer when that took long."""
    started = time.perf_counter()
    found = read()
    slow = time.perf_counter() - started > SLOW_SECONDS
    try:
        if slow:
            cache.set(_key(name), found, KEPT_SECONDS)
    except Exception as error:
        log.warning("figures cannot be kept: %s", error)
    return found


def _key(name: str) -> str:
    return f"kept:{name}"
