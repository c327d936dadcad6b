"""The cache: counters of the limits, nothing that is needed. With Redis away it forgets, and pages, writes and sign-in go on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis import RedisError

log = logging.getLogger(__name__)


def _forgiving(name: str, answer: Callable[..., Any]) -> Any:
    """The backend's method, which gives ``answer`` of the same arguments while Redis cannot be reached."""
    asked = getattr(RedisCache, name)

    @wraps(asked)
    def ask(self: RedisCache, *args: Any, **options: Any) -> Any:
        try:
            return asked(self, *args, **options)
        except RedisError as error:
            log.warning("the cache cannot be reached: %s", error)
            return answer(*args, **options)

    return ask


class ForgivingRedisCache(RedisCache):
    """Django's own, answering like an empty cache while Redis is away. ``incr`` still raises: whoever counts decides."""

    get = _forgiving("get", lambda key, default=None, version=None: default)
    set = _forgiving("set", lambda *args, **options: None)
    add = _forgiving("add", lambda *args, **options: True)
    delete = _forgiving("delete", lambda *args, **options: False)
    touch = _forgiving("touch", lambda *args, **options: False)
    clear = _forgiving("clear", lambda: False)
