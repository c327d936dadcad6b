"""Among which companies a study looks: filters over a snapshot, the same for every kind of study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Mask

ACTIVE = ("active", "extended")
RECRUITABLE = ("candidate",)  # or no relationship at all; from the trial on a company is recruited, or has been
ENOUGH_KNOWN = 0.5  # of the evidence; a figure that rests on less says so, is asked for, and is not offered first


def filter_mask(universe: pa.Table, filters: Mapping[str, Any]) -> Mask:
    """Which rows of the universe pass, the known share aside (it belongs to the answer). What is unknown does not pass."""
    lifecycle = universe.column("lifecycle")
    active = _in(lifecycle, ACTIVE)
    kept = {
        "recruitable": ~_valid(lifecycle) | _in(lifecycle, RECRUITABLE),
        "not_active": ~active,
        "not_partner": ~_valid(lifecycle) | _in(lifecycle, ("exited",)),
        "partner": active,
    }.get(filters.get("status", "any"), np.ones(universe.num_rows, dtype=bool))
    if filters.get("typologies"):
        kept &= _in(universe.column("typology"), filters["typologies"])
    if filters.get("countries"):
        kept &= _in(universe.column("country"), filters["countries"])
    employees = universe.column("employees").to_numpy()
    with np.errstate(invalid="ignore"):
        if filters.get("min_employees") is not None:
            kept &= employees >= filters["min_employees"]
        if filters.get("max_employees") is not None:
            kept &= employees <= filters["max_employees"]
    return kept


def without(universe: pa.Table, company_ids: Sequence[str], mask: Mask) -> Mask:
    """The mask less some companies, by id."""
    return mask & ~_in(universe.column("id"), company_ids) if company_ids else mask


def _in(column: pa.ChunkedArray, values: Sequence[str]) -> Mask:
    return np.asarray(pc.fill_null(pc.is_in(column, value_set=pa.array(values, pa.string())), False).to_numpy(), dtype=bool)


def _valid(column: pa.ChunkedArray) -> Mask:
    return np.asarray(pc.is_valid(column).to_numpy(), dtype=bool)
