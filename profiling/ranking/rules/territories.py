"""Where potential and our business differ (P5): both summed by region, of the companies that a ranking looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from profiling.studies.rules.arrays import F64, I64, Mask

MOST = 60


def by_territory(universe: pa.Table, kept: Mask, p50: F64, actual: F64, products: Sequence[str]) -> list[dict[str, Any]]:
    """The regions with the most potential, best first, at most 60; region None where it is not known.

    ``p50`` and ``actual`` are (rows, products), of the rows where ``kept``; an unknown actual counts as no sale of ours. Each
    region: country, region (its key), lat and lon (mean of its companies, None where unknown), companies, and by product
    family [potential, actual].
    """
    rows = universe.filter(pa.array(kept))
    place = pc.binary_join_element_wise(
        pc.fill_null(rows.column("country"), ""), pc.fill_null(rows.column("region"), ""), ":"
    ).combine_chunks()
    coded = pc.dictionary_encode(place)
    at = np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    names = coded.dictionary.to_pylist()
    count = np.bincount(at, minlength=len(names))
    potential, sold = (_summed(at, values, len(names)) for values in (p50, np.nan_to_num(actual, nan=0.0)))
    lat, lon = (_mean(at, rows.column(name).to_numpy().astype(np.float64), len(names)) for name in ("latitude", "longitude"))
    order = sorted(range(len(names)), key=lambda i: (-float(potential[i].sum()), names[i]))[:MOST]
    return [
        {
            "country": names[i].partition(":")[0] or None,
            "region": names[i].partition(":")[2] or None,
            "lat": None if np.isnan(lat[i]) else round(float(lat[i]), 3),
            "lon": None if np.isnan(lon[i]) else round(float(lon[i]), 3),
            "companies": int(count[i]),
            "lines": {p: [round(float(potential[i, j]), 2), round(float(sold[i, j]), 2)] for j, p in enumerate(products)},
        }
        for i in order
    ]


def _summed(at: I64, values: F64, places: int) -> F64:
    return np.stack([np.bincount(at, weights=values[:, j], minlength=places) for j in range(values.shape[1])], axis=1)


def _mean(at: I64, values: F64, places: int) -> F64:
    known = ~np.isnan(values)
    number = np.bincount(at[known], minlength=places)
    total = np.bincount(at[known], weights=values[known], minlength=places)
    return np.divide(total, number, out=np.full(places, np.nan), where=number > 0)
