"""What a potential rests on: parameters with their origin, segments, product families, corrections. Frozen with each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa

from profiling.ranking.faults import FAULTS
from profiling.ranking.rules import Corrected, Correction, Mix, Parameters, PotentialChunk, estimate, rank_chunk
from profiling.ranking.universe import companies_of, products_of, segments_of
from profiling.studies import files
from profiling.studies.faults import worded


@dataclass(frozen=True)
class Basis:
    """Everything that ``rank_chunk`` needs beside the companies. ``products`` empty: nothing was ever sold."""

    parameters: Parameters
    segments: tuple[str, ...]
    products: tuple[str, ...]
    corrections: tuple[Correction, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON-able data."""
        return {
            "parameters": self.parameters.to_dict(),
            "segments": list(self.segments),
            "products": list(self.products),
            "corrections": [[c.id, c.what.value, c.value, c.product] for c in self.corrections],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Basis:
        """What ``to_dict`` gave."""
        corrections = tuple(Correction(i, Corrected(w), float(v), p) for i, w, v, p in data["corrections"])
        return cls(Parameters.from_dict(data["parameters"]), tuple(data["segments"]), tuple(data["products"]), corrections)


NO_PRODUCT = "all"


def basis_of(universe: pa.Table, values: Mapping[str, float], corrections: Sequence[Correction]) -> Basis:
    """The basis for a universe: ``values`` are those that a person has set, the rest is estimated or stands in.

    Where nothing was sold yet, one line called ``all`` stands for every product. Raises Invalid for an unusable value.
    """
    segments, products = segments_of(universe), products_of(universe) or (NO_PRODUCT,)
    companies = companies_of(universe, segments, products)
    given = Parameters(mix=Mix({p: 1.0 / len(products) for p in products}))
    with worded(FAULTS):
        given = given.with_values(values)
    usable = tuple(c for c in corrections if c.product is None or c.product in products)
    return Basis(estimate(companies, given), segments, products, usable)


def potential_of(basis: Basis, table: pa.Table, *, offset: int = 0) -> PotentialChunk:
    """The potential of some rows of the snapshot for every product."""
    return rank_chunk(basis.parameters, companies_of(table, basis.segments, basis.products, offset=offset), basis.corrections)


@lru_cache(maxsize=4)
def basis_read(name: str) -> Basis:
    """The basis that a run stored; a run's file never changes."""
    return Basis.from_dict(files.read_json(name))
