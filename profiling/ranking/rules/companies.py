"""Companies and their sales as arrays, as the potential formula reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiling.studies.rules.arrays import F64, I32, I64


@dataclass(frozen=True)
class Companies:
    """Companies by row; NaN is unknown everywhere, never zero.

    `ids` (rows,) bytes; `segments` (rows,) codes into `segment_names`, −1 unknown; `sales_people`, `engineers`,
    `customers` (rows,) head counts; `revenue` (rows,) yearly business with all vendors, in reporting currency;
    `actual` (rows, products) what it sold of ours in the year, 0 where known to be nothing; `orders` (rows,) how many
    of its orders are known, the evidence for its own product mix. `offset` is the universe's row of the first.
    """

    ids: NDArray[np.bytes_]
    segments: I32
    segment_names: tuple[str, ...]
    sales_people: F64
    engineers: F64
    customers: F64
    revenue: F64
    actual: F64
    orders: I64
    products: tuple[str, ...]
    offset: int = 0

    def __post_init__(self) -> None:
        rows = len(self.ids)
        for name in ("segments", "sales_people", "engineers", "customers", "revenue", "orders"):
            if getattr(self, name).shape != (rows,):
                raise ValueError(f"{name} must have one value for each of {rows} companies")
        if self.actual.shape != (rows, len(self.products)):
            raise ValueError("actual must be companies × products")
        if any(":" in product for product in self.products):
            raise ValueError("a product's key must not contain a colon")

    def __len__(self) -> int:
        return len(self.ids)

    def slice(self, start: int, stop: int) -> Companies:
        """Rows start..stop, without copying."""
        stop = min(stop, len(self))
        return self._picked(np.s_[start:stop], self.offset + start)

    def take(self, rows: NDArray[np.integer]) -> Companies:
        """The named rows, in that order."""
        return self._picked(rows, 0)

    def chunks(self, rows: int) -> Iterator[Companies]:
        """The companies cut in pieces of `rows`."""
        for start in range(0, len(self), rows):
            yield self.slice(start, start + rows)

    def _picked(self, rows: Any, offset: int) -> Companies:
        return Companies(
            self.ids[rows],
            self.segments[rows],
            self.segment_names,
            self.sales_people[rows],
            self.engineers[rows],
            self.customers[rows],
            self.revenue[rows],
            self.actual[rows],
            self.orders[rows],
            self.products,
            offset,
        )


class Corrected(StrEnum):
    """What a manager may correct."""

    CAPACITY = "capacity"  # what the company can sell a year, all vendors, reporting currency
    SHARE = "share"  # part of its business that we can get, 0..1
    FIT = "fit"  # part of its capacity that one product can take, 0..1
    POTENTIAL = "potential"  # the potential of one product itself, reporting currency a year


@dataclass(frozen=True, slots=True)
class Correction:
    """A manager's better knowledge of one company (`id`), for one `product` where it is about fit or potential.

    Author and reason are kept by the caller with the run; the last correction of the same thing wins.
    """

    id: str
    what: Corrected
    value: float
    product: str | None = None

    def __post_init__(self) -> None:
        if (self.product is None) == (self.what in (Corrected.FIT, Corrected.POTENTIAL)):
            raise ValueError("a correction of fit or potential names a product; one of capacity or share does not")
        limit = 1.0 if self.what in (Corrected.SHARE, Corrected.FIT) else float("inf")
        if not 0 <= self.value <= limit or self.value == float("inf"):
            raise ValueError(f"the corrected {self.what} is out of bounds")
