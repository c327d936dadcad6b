"""From a snapshot to the arrays that the potential formula reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prm.core.arrow import ids_to_bytes
from profiling.ranking.rules import Companies


def segments_of(universe: pa.Table) -> tuple[str, ...]:
    """The typologies that occur, sorted: companies of one are comparable."""
    return tuple(sorted(v for v in pc.unique(universe.column("typology")).to_pylist() if v))


def products_of(universe: pa.Table) -> tuple[str, ...]:
    """The product families that were sold, sorted."""
    return tuple(sorted(pc.unique(pc.list_flatten(universe.column("sales_family"))).to_pylist()))


def companies_of(table: pa.Table, segments: Sequence[str], products: Sequence[str], *, offset: int = 0) -> Companies:
    """Rows of a snapshot (all, or a slice beginning at row ``offset``) as companies; unknown facts are NaN."""
    rows = table.num_rows
    codes = pc.index_in(table.column("typology"), value_set=pa.array(segments, pa.string()))
    return Companies(
        ids_to_bytes(table.column("id")),
        np.asarray(pc.fill_null(codes, -1).to_numpy(), dtype=np.int32),
        tuple(segments),
        _numbers(table, "sales_people"),
        _numbers(table, "engineers"),
        _numbers(table, "customers"),
        _numbers(table, "revenue"),
        _actual(table, products, rows),
        np.asarray(pc.fill_null(table.column("orders"), 0).to_numpy(), dtype=np.int64),
        tuple(products),
        offset,
    )


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    return np.asarray(table.column(name).to_numpy(), dtype=np.float64)


def _actual(table: pa.Table, products: Sequence[str], rows: int) -> np.ndarray:
    family = table.column("sales_family")
    known = np.asarray(pc.is_valid(family).to_numpy(), dtype=bool)
    length = np.asarray(pc.fill_null(pc.list_value_length(family), 0).to_numpy(), dtype=np.int64)
    column = pc.index_in(pc.list_flatten(family), value_set=pa.array(products, pa.string()))
    at = np.asarray(pc.fill_null(column, -1).to_numpy(), dtype=np.int64)
    amount = np.asarray(pc.list_flatten(table.column("sales_amount")).to_numpy(), dtype=np.float64)
    actual = np.where(known[:, None], 0.0, np.nan) * np.ones((1, len(products)))
    owner = np.repeat(np.arange(rows), length)
    np.add.at(actual, (owner[at >= 0], at[at >= 0]), amount[at >= 0])
    return actual
