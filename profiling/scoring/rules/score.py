"""Resemblance of every company to the references (P8), chunk by chunk.

R(x) = Σ_g W_g · [Σ_{j∈g known} w_j s_j / Σ_{j∈g known} w_j] / Σ_{g known} W_g.

Each row is computed from that row and the profile alone, by element-wise arithmetic in a fixed order: any cut into
chunks, on any number of workers, gives the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .columns import CriterionColumn
from .criteria import Plan
from .evidence import Evidence
from .frame import F32, I64, Frame, Mask
from .profile import Profile

ENOUGH_KNOWN = 0.5
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
            "id": pa.array(self.ids.astype(object), type=pa.binary()).cast(pa.string()),
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
        ids = np.array([i.encode() for i in table.column("id").to_pylist()], dtype=np.bytes_)
        return cls(
            int((table.schema.metadata or {}).get(b"offset", b"0")),
            ids,
            names,
            _floats(table, "resemblance"),
            _floats(table, "known_share"),
            np.column_stack(parts) if parts else np.zeros((len(ids), 0), dtype=np.float32),
            np.asarray(table.column("is_reference").to_numpy(), dtype=bool),
        )


def score_chunk(profile: Profile, chunk: Frame) -> ChunkResult:
    """Score the rows of `chunk`, a slice of the universe (its `offset` tells which rows are references)."""
    return score(profile, chunk)


def score(profile: Profile, universe: Frame, *, threads: int = 1) -> ChunkResult:
    """Score many rows in this process, on one thread or more: the same numbers as any cut into chunks gives."""
    rows = len(universe)
    groups = tuple(g.key for g in profile.plan.groups)
    out = np.empty((len(groups), rows), dtype=np.float32)
    resemblance, known = np.empty(rows, dtype=np.float32), np.empty(rows, dtype=np.float32)
    evidence = Evidence(profile, profile.plan)
    columns = [CriterionColumn(c, profile.tables[c.key], universe, evidence.weight[c.key]) for c in evidence.criteria]

    def stretch(start: int, stop: int) -> None:
        """Score rows start..stop; labels are summed for the stretch, the rest by blocks that stay in cache."""
        for column in columns:
            column.prepare(start, stop)
        for first in range(start, stop, BLOCK):
            last = min(first + BLOCK, stop)
            sums = evidence.start(last - first)
            for column in columns:
                sums.add(column.criterion.key, *column.compare(first, last))
            sums.finish(out[:, first:last], resemblance[first:last], known[first:last])

    bounds = [(start, min(start + STRETCH, rows)) for start in range(0, rows, STRETCH)]
    if threads > 1 and len(bounds) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda b: stretch(*b), bounds))
    else:
        for start, stop in bounds:
            stretch(start, stop)
    is_reference = np.zeros(rows, dtype=bool)
    inside = reference_rows_in(profile, universe)
    is_reference[inside] = True
    if profile.leave_itself_out and len(profile.reference_rows) > 1 and len(inside):
        out[:, inside], resemblance[inside], known[inside] = combine(profile, *similarities(profile, universe, inside))
    return ChunkResult(universe.offset, universe.ids, groups, resemblance, known, out.T, is_reference)


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
    (all by default). References are compared with the others only, as in `score_chunk`.
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
        column = CriterionColumn(criterion, table, frame)
        column.prepare(0, n)
        value, is_known = column.compare(0, n)
        similarity[j], known[j] = value, is_known
        if profile.leave_itself_out and len(profile.reference_rows) > 1 and len(itself):
            value, is_known = column.without_itself(itself, similarity[j, itself], known[j, itself])
            similarity[j, itself], known[j, itself] = np.where(is_known, value, 0), is_known
    return similarity, known


def combine(profile: Profile, similarity: F32, known: Mask, plan: Plan | None = None) -> tuple[F32, F32, F32]:
    """Contributions `(groups, rows)`, resemblance and known share `(rows,)` from similarities, under the profile's
    weights or those of `plan` (same criteria)."""
    evidence = Evidence(profile, plan or profile.plan)
    sums = evidence.start(similarity.shape[1])
    row = {c.key: j for j, c in enumerate(profile.plan.criteria)}
    for criterion in evidence.criteria:
        at, weight = row[criterion.key], np.float32(evidence.weight[criterion.key])
        sums.add(criterion.key, similarity[at] * weight, known[at])
    out = np.empty((len(evidence.group_weight), similarity.shape[1]), dtype=np.float32)
    resemblance, share = np.empty(out.shape[1], dtype=np.float32), np.empty(out.shape[1], dtype=np.float32)
    sums.finish(out, resemblance, share)
    return out, resemblance, share


def _floats(table: pa.Table, name: str) -> F32:
    return np.asarray(table.column(name).to_numpy(), dtype=np.float32)
