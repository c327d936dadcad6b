"""How the refusal of a question is pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prm.core.errors import Invalid


@contextmanager
def within_parameters() -> Iterator[None]:
    """A refusal of the question points into ``parameters``, where it stands in the body."""
    try:
        yield
    except Invalid as refusal:
        if refusal.field not in {None, "kind", "title"}:
            refusal.field = f"parameters.{refusal.field}"
        raise
