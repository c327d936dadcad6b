"""What belongs together: everything that one request set going, in it and after it, carries the same id.

The request's own id (``X-Request-Id``) gives it; a job keeps that of whoever started it, a subscriber acts under that of the event it
hears. It grants nothing and narrows nothing, so it may travel beside the arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid5

from prm.core.ids import typeid_decode, typeid_encode

PREFIX = "req"
_NAMES = UUID("5f8a3a52-7a5e-4f0e-9a39-5d1f6f2c7d11")  # any that nothing else uses
_current: ContextVar[UUID | None] = ContextVar("prm_correlation", default=None)


def correlation() -> UUID | None:
    """What is being done now is part of this; None where nothing said so."""
    return _current.get()


@contextmanager
def correlated(key: UUID | None) -> Iterator[None]:
    """What is done inside is part of ``key``."""
    token = _current.set(key)
    try:
        yield
    finally:
        _current.reset(token)


def correlation_of(request_id: str) -> UUID:
    """The key behind a request's id: that of one of ours, and always the same one for whatever a caller named its request."""
    try:
        return typeid_decode(PREFIX, request_id)
    except ValueError:
        return uuid5(_NAMES, request_id)


def request_id_of(key: UUID) -> str:
    """The id that names it to people and programs."""
    return typeid_encode(PREFIX, key)
