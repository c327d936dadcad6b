"""Faults that rules find in a question, as refusals in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from prm.core.errors import Invalid
from profiling.studies.rules import RuleFault


@dataclass(frozen=True)
class Wording:
    """What is said of a fault, with names of its data in it; the ``field`` that it belongs to; and the refusal's ``code`` where that
    is not the fault's own."""

    message: Any
    field: str
    code: str = ""


@contextmanager
def worded(wordings: Mapping[str, Wording]) -> Iterator[None]:
    """Turns a fault of a rule into Invalid. One that has no words here is nobody's input, and goes on as it is."""
    try:
        yield
    except RuleFault as fault:
        wording = wordings.get(fault.code)
        if wording is None:
            raise
        message = str(wording.message) % fault.data if fault.data else wording.message
        raise Invalid(wording.code or fault.code, message, field=wording.field) from fault
