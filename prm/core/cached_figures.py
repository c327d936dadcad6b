"""Figures over a whole table, kept when they take long: beyond some hundred thousand rows no page may read them at each view.

What is read within a tenth of a second is read afresh each time. What takes longer is kept in the cache for an hour, and periodic work
renews it every few minutes, so that nobody waits for it. With the cache down it is read afresh.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from django.core.cache import cache

log = logging.getLogger(__name__)
T = TypeVar("T")
SLOW_SECONDS = 0.1
KEPT_SECONDS = 3600


def kept(name: str, read: Callable[[], T], *, large: Callable[[T], bool] | None = None, seconds: int = KEPT_SECONDS) -> T:
    """What ``read`` answers, or answered within the last ``seconds`` when it took long (``large``: when that says so of the answer).

    The same for whoever may ask by that name: where people see different rows, the name says whose they are.
    """
    try:
        found: T | None = cache.get(_key(name))
    except Exception as error:
        log.warning("kept figures cannot be read: %s", error)
        return read()
    return renew(name, read, large=large, seconds=seconds) if found is None else found


def renew(name: str, read: Callable[[], T], *, large: Callable[[T], bool] | None = None, seconds: int = KEPT_SECONDS) -> T:
    """Reads now, and keeps the answer as ``kept`` does; otherwise what was kept goes."""
    started = time.perf_counter()
    found = read()
    keep = large(found) if large else time.perf_counter() - started > SLOW_SECONDS
    try:
        if keep:
            cache.set(_key(name), found, seconds)
        else:
            cache.delete(_key(name))
    except Exception as error:
        log.warning("figures cannot be kept: %s", error)
    return found


def seen_lately(name: str) -> bool:
    """Whether ``note_seen`` was told this name within its time. With the cache down: no."""
    try:
        return cache.get(_key(name)) is not None
    except Exception as error:
        log.warning("what was seen cannot be read: %s", error)
        return False


def note_seen(name: str, seconds: int) -> None:
    """Lets ``seen_lately`` answer yes for so long."""
    try:
        cache.set(_key(name), True, seconds)
    except Exception as error:
        log.warning("what was seen cannot be kept: %s", error)


def _key(name: str) -> str:
    return f"kept:{sha256(name.encode()).hexdigest()[:32]}"
