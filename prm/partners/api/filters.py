"""Filters of partner records that name a record of a small table by its code."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from prm.access.actors import Actor
from prm.api.query import Filter, Kind
from prm.partners.catalogue import KINDS
from prm.partners.selectors.catalogue import known_codes

COUNTRY = "[A-Z]{2}"


def code_filter(name: str, slug: str, field: str = "", **options: Any) -> Filter:
    """A filter by codes of the small table ``slug`` (prm.partners.catalogue): a code that it does not have is refused."""

    def known(actor: Actor, codes: Sequence[str]) -> Collection[str]:
        return known_codes(actor=actor, kind=KINDS[slug], codes=codes)

    return Filter(name, Kind.CODE, field, known=known, **options)
