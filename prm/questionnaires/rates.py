"""How often a stranger may try a link: counted in the cache, by address. With the cache away nobody is refused."""

from __future__ import annotations

import logging
import time
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

log = logging.getLogger(__name__)
WINDOW = 600


def is_too_many(request: HttpRequest, what: str, most: int, *, count: bool) -> bool:
    """Whether this address did ``what`` more than ``most`` times in ten minutes; with ``count`` this time counts."""
    address = request.META.get("REMOTE_ADDR", "")
    slot = int(time.time()) // WINDOW
    name = f"q:{what}:{sha256(f'{settings.SECRET_KEY}{address}'.encode()).hexdigest()[:24]}:{slot}"
    try:
        if not count:
            return int(cache.get(name) or 0) >= most
        cache.add(name, 0, WINDOW + 1)
        return cache.incr(name) > most
    except Exception as error:
        log.warning("tries cannot be counted: %s", error)
        return False
