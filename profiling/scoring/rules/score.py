"""Resemblance of every company to the references (P8), chunk by chunk.

R(x) = Σ_g W_g · [Σ_{j∈g known} w_j s_j / Σ_{j∈g known} w_j] / Σ_{g known} W_g.

Each row is computed from its codes and the profile alone, element by element: any cut into chunks, on any number of
workers, gives the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from prm.core.arrow import ids_to_arrow, ids_to_bytes
from profiling.studies.rules import ENOUGH_KNOWN
from profiling.studies.rules.arrays import F32, I64, Mask, Unsigned

from .criteria import Criterion, Plan
from .evidence import Evidence
from .frame import Frame
from .lookup import coded, lookup, similarity_to_others
from .profile import Profile

BLOCK = 16_384  # rows worked on at a time: the buffers stay in the processor's cache
STRETCH = 131_072  # rows that a thread takes at a time


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """Results of consecutive rows of the universe, the first being row `offset`.

    `resemblance` (rows,) 0..1, NaN where no criterion is known; `known_share` (rows,) 0..1, the share of the weight
    that rests on known facts; `contributions` (rows, groups) in the order of `groups`, NaN where the group is
    unknown: their sum, unknown ones left out, is the resemblance; `is_reference` (rows,).
    """

    offset: int
    ids: NDArray[np.bytes_]
    groups: tuple[str, ...]
    resemblance: F32
    known_share: F32
    contributions: F32
    is_reference: Mask

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def enough_known(self) -> Mask:
        """False where the result rests on less than half of its evidence."""
        return np.asarray(self.known_share >= ENOUGH_KNOWN)

    def to_table(self) -> pa.Table:
        """As an Arrow table: id, resemblance, known_share, is_reference and `contribution:<group>`."""
        columns = {
            "id": ids_to_arrow(self.ids),
            "resemblance": pa.array(self.resemblance, from_pandas=True),
            "known_share": pa.array(self.known_share),
            "is_reference": pa.array(self.is_reference),
        }
        for at, group in enumerate(self.groups):
            columns[f"contribution:{group}"] = pa.array(self.contributions[:, at], from_pandas=True)
        return pa.table(columns).replace_schema_metadata({"offset": str(self.offset)})

    @classmethod
    def from_table(cls, table: pa.Table) -> ChunkResult:
        """The result that `to_table` gave."""
        names = tuple(n.removeprefix("contribution:") for n in table.column_names if n.startswith("contribution:"))
        parts = [_floats(table, f"contribution:{n}") for n in names]
        ids = ids_to_bytes(table.column("id"))
        return cls(
            int((table.schema.metadata or {}).get(b"offset", b"0")),
            ids,
            names,
            _floats(table, "resemblance"),
            _floats(table, "known_share"),
            np.column_stack(parts) if parts else np.zeros((len(ids), 0), dtype=np.float32),
            np.asarray(table.column("is_reference").to_numpy(), dtype=bool),
        )


def score(profile: Profile, universe: Frame, *, threads: int = 1) -> ChunkResult:
    """Score a universe or a slice of it (its `offset` tells which rows are references), on one thread or more: any cut into
    chunks gives the same numbers. Numbers that were put in bins beforehand (`coding.py`) save that work."""
    rows = len(universe)
    groups = tuple(g.key for g in profile.plan.groups)
    out = np.empty((len(groups), rows), dtype=np.float32)
    resemblance, known = np.empty(rows, dtype=np.float32), np.empty(rows, dtype=np.float32)
    evidence = Evidence(profile, profile.plan)
    members = [[_parts(evidence, profile, universe, c) for c in criteria] for criteria in evidence.members]

    def stretch(bounds: tuple[int, int]) -> None:
        """Score rows start..stop, by blocks that stay in cache."""
        for first in range(*bounds, BLOCK):
            last = min(first + BLOCK, bounds[1])
            totals = [_total(parts, first, last) for parts in members]
            evidence.finish(totals, out[:, first:last], resemblance[first:last], known[first:last])

    bounds = [(start, min(start + STRETCH, rows)) for start in range(0, rows, STRETCH)]
    if threads > 1 and len(bounds) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(stretch, bounds))
    else:
        for each in bounds:
            stretch(each)
    is_reference = np.zeros(rows, dtype=bool)
    inside = reference_rows_in(profile, universe)
    is_reference[inside] = True
    if profile.leave_itself_out and len(profile.reference_rows) > 1 and len(inside):
        out[:, inside], resemblance[inside], known[inside] = combine(profile, *similarities(profile, universe, inside))
    return ChunkResult(universe.offset, universe.ids, groups, resemblance, known, out.T, is_reference)


def _parts(evidence: Evidence, profile: Profile, universe: Frame, criterion: Criterion) -> tuple[Unsigned, I64]:
    """A criterion's codes (rows,), and its packed part of the group by code; the last entry is for the unknown."""
    table = profile.tables[criterion.key]
    column = coded(universe.columns[criterion.key], table)
    similarity = np.append(lookup(criterion, table, column), np.float32(0))
    return column.codes, evidence.packed(criterion, similarity, np.arange(len(similarity)) < column.unknown)


def _total(parts: Sequence[tuple[Unsigned, I64]], first: int, last: int) -> I64 | None:
    """The group's packed sum for rows first..last."""
    total: I64 | None = None
    for codes, by_code in parts:
        part = by_code.take(codes[first:last])
        total = part if total is None else np.add(total, part, out=total)
    return total


def joined(results: Iterable[ChunkResult]) -> ChunkResult:
    """Chunk results put together in the universe's order. Raises ValueError when a piece is missing or doubled."""
    pieces = sorted(results, key=lambda r: r.offset)
    if not pieces:
        raise ValueError("there is no result to join")
    for before, after in pairwise(pieces):
        if after.offset != before.offset + len(before) or after.groups != before.groups:
            raise ValueError(f"the results do not follow each other at row {before.offset + len(before)}")
    if len(pieces) == 1:
        return pieces[0]
    return ChunkResult(
        pieces[0].offset,
        np.concatenate([p.ids for p in pieces]),
        pieces[0].groups,
        np.concatenate([p.resemblance for p in pieces]),
        np.concatenate([p.known_share for p in pieces]),
        np.concatenate([p.contributions.T for p in pieces], axis=1).T,
        np.concatenate([p.is_reference for p in pieces]),
    )


def reference_rows_in(profile: Profile, chunk: Frame) -> I64:
    """The rows of `chunk` that are references."""
    at = np.searchsorted(profile.reference_rows, [chunk.offset, chunk.offset + len(chunk)])
    return profile.reference_rows[at[0] : at[1]] - chunk.offset


def similarities(profile: Profile, chunk: Frame, rows: NDArray[np.integer] | None = None) -> tuple[F32, Mask]:
    """Similarity s_j of companies on every criterion of the plan, and whether it is known.

    Returns `(criteria, rows)` arrays: similarity 0..1 (0 where unknown) and known. `rows` picks rows of `chunk`
    (all by default). References are compared with the others only, as in `score`.
    """
    frame = chunk if rows is None else chunk.take(rows)
    count, n = len(profile.plan.criteria), len(frame)
    similarity, known = np.zeros((count, n), dtype=np.float32), np.zeros((count, n), dtype=bool)
    inside = reference_rows_in(profile, chunk)
    asked = np.arange(len(chunk), dtype=np.int64) if rows is None else np.asarray(rows, dtype=np.int64)
    itself = np.flatnonzero(np.isin(asked, inside))
    for j, criterion in enumerate(profile.plan.criteria):
        table = profile.tables.get(criterion.key)
        if table is None or n == 0:
            continue
        column = coded(frame.columns[criterion.key], table)
        known[j] = column.codes < column.unknown
        similarity[j] = np.append(lookup(criterion, table, column), np.float32(0)).take(column.codes)
        if profile.leave_itself_out and len(profile.reference_rows) > 1 and len(itself):
            own = replace(column, codes=column.codes[itself])
            similarity[j, itself], known[j, itself] = similarity_to_others(
                criterion, table, own, similarity[j, itself], known[j, itself]
            )
    return similarity, known


def combine(profile: Profile, similarity: F32, known: Mask, plan: Plan | None = None) -> tuple[F32, F32, F32]:
    """Contributions `(groups, rows)`, resemblance and known share `(rows,)` from similarities, under the profile's
    weights or those of `plan` (same criteria)."""
    evidence = Evidence(profile, plan or profile.plan)
    row = {c.key: j for j, c in enumerate(profile.plan.criteria)}
    totals: list[I64 | None] = []
    for criteria in evidence.members:
        parts = [evidence.packed(c, similarity[row[c.key]], known[row[c.key]]) for c in criteria]
        totals.append(np.sum(parts, axis=0) if parts else None)
    out = np.empty((len(totals), similarity.shape[1]), dtype=np.float32)
    resemblance, share = np.empty(out.shape[1], dtype=np.float32), np.empty(out.shape[1], dtype=np.float32)
    evidence.finish(totals, out, resemblance, share)
    return out, resemblance, share


def _floats(table: pa.Table, name: str) -> F32:
    return np.asarray(table.column(name).to_numpy(), dtype=np.float32)
