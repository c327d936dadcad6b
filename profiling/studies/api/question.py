"""How the refusal of a question is pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prm.core.errors import Invalid

# What a study has beside its question.
BESIDE = {None, "kind", "title"}


@contextmanager
def within_parameters() -> Iterator[None]:
    """A refusal of the question points into ``parameters``, where it stands in the body; so does each of several faults."""
    try:
        yield
    except Invalid as refusal:
        faults = [
            fault._replace(field=_place(fault.field), about=tuple(_place(name) or "" for name in fault.about))
            for fault in refusal.faults
        ]
        found = {**refusal.data, "faults": faults}
        raise Invalid(refusal.code, refusal.message, field=_place(refusal.field), **found) from refusal


def _place(field: str | None) -> str | None:
    return field if field in BESIDE else f"parameters.{field}"
