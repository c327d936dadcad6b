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

from .criteria import Criterion, Kind, Plan
from .frame import F32, I64, Frame, Mask
from .profile import CountTable, NumberTable, PlaceTable, Profile, Table
from .survey import bin_of

ENOUGH_KNOWN = 0.5
BLOCK = 16_384  # rows worked on at a time: the buffers stay in the processor's cache


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
    rows = len(chunk)
    groups = tuple(g.key for g in profile.plan.groups)
    work = _Work(profile, chunk)
    out = np.empty((len(groups), rows), dtype=np.float32)
    resemblance, known = np.empty(rows, dtype=np.float32), np.empty(rows, dtype=np.float32)
    for start in range(0, rows, BLOCK):
        stop = min(start + BLOCK, rows)
        work.block(start, stop, out[:, start:stop], resemblance[start:stop], known[start:stop])
    is_reference = np.zeros(rows, dtype=bool)
    inside = reference_rows_in(profile, chunk)
    is_reference[inside] = True
    if profile.leave_itself_out and len(profile.reference_rows) > 1 and len(inside):
        similarity, is_known = similarities(profile, chunk, inside)
        combined = combine(profile, similarity, is_known)
        out[:, inside], resemblance[inside], known[inside] = combined
    return ChunkResult(chunk.offset, chunk.ids, groups, resemblance, known, out.T, is_reference)


def score(profile: Profile, universe: Frame, *, chunk_rows: int = 65_536, threads: int = 1) -> ChunkResult:
    """Score a whole universe in this process; the same numbers as any cut into chunks gives."""
    chunks = list(universe.chunks(chunk_rows))
    if threads > 1 and len(chunks) > 1:
        with ThreadPoolExecutor(threads) as pool:
            return joined(pool.map(lambda c: score_chunk(profile, c), chunks))
    return joined(score_chunk(profile, c) for c in chunks)


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
        column = _Column(criterion, table, frame)
        value, is_known = column.compare(0, n)
        similarity[j], known[j] = value, is_known
        if profile.leave_itself_out and len(profile.reference_rows) > 1 and len(itself):
            value, is_known = column.without_itself(itself, similarity[j, itself], known[j, itself])
            similarity[j, itself], known[j, itself] = np.where(is_known, value, 0), is_known
    return similarity, known


def combine(profile: Profile, similarity: F32, known: Mask, plan: Plan | None = None) -> tuple[F32, F32, F32]:
    """Contributions `(groups, rows)`, resemblance and known share `(rows,)` from similarities, under the profile's
    weights or those of `plan` (same criteria)."""
    sums = _Sums(profile, plan or profile.plan, similarity.shape[1])
    for j, criterion in enumerate((plan or profile.plan).criteria):
        if criterion.key in profile.tables:
            sums.add(criterion, similarity[j], known[j])
    out = np.empty((len(sums.group_weight), similarity.shape[1]), dtype=np.float32)
    resemblance, share = np.empty(out.shape[1], dtype=np.float32), np.empty(out.shape[1], dtype=np.float32)
    sums.finish(out, resemblance, share)
    return out, resemblance, share


class _Work:
    """A chunk with its tables turned to the chunk's vocabularies."""

    def __init__(self, profile: Profile, chunk: Frame) -> None:
        self.profile = profile
        used = _weights(profile, profile.plan)
        self.columns = [_Column(c, profile.tables[c.key], chunk) for c in profile.plan.criteria if used.get(c.key, 0.0) > 0]

    def block(self, start: int, stop: int, out: F32, resemblance: F32, known: F32) -> None:
        """Score rows start..stop into the given buffers."""
        sums = _Sums(self.profile, self.profile.plan, stop - start)
        for column in self.columns:
            similarity, is_known = column.compare(start, stop)
            sums.add(column.criterion, similarity, is_known)
        sums.finish(out, resemblance, known)


def _weights(profile: Profile, plan: Plan) -> dict[str, float]:
    """Weight of each usable criterion inside its group (adding up to 1 there); groups without weight give none."""
    group = {g.key: g.weight for g in plan.groups}
    usable = [c for c in plan.criteria if c.key in profile.tables and group[c.group] > 0]
    total: dict[str, float] = {}
    for c in usable:
        total[c.group] = total.get(c.group, 0.0) + c.weight
    return {c.key: c.weight / total[c.group] for c in usable if total[c.group] > 0}


class _Sums:
    """Running sums of a block: weighted similarity and known weight of each group."""

    def __init__(self, profile: Profile, plan: Plan, rows: int) -> None:
        self.weight = _weights(profile, plan)
        used = {c.group for c in plan.criteria if self.weight.get(c.key, 0.0) > 0}
        total = sum(g.weight for g in plan.groups if g.key in used)
        self.place = {g.key: at for at, g in enumerate(plan.groups)}
        self.group_weight = [g.weight / total if g.key in used else 0.0 for g in plan.groups]
        self.similar = np.zeros((len(plan.groups), rows), dtype=np.float32)
        self.known = np.zeros((len(plan.groups), rows), dtype=np.float32)

    def add(self, criterion: Criterion, similarity: F32, known: Mask) -> None:
        """Add one criterion: similarity 0..1, 0 where unknown."""
        weight = np.float32(self.weight.get(criterion.key, 0.0))
        if weight == 0:
            return
        at = self.place[criterion.group]
        self.similar[at] += weight * similarity
        self.known[at] += weight * known

    def finish(self, out: F32, resemblance: F32, share: F32) -> None:
        """Contributions by group, their sum and the known share."""
        rested = np.zeros_like(resemblance)
        share[:] = 0
        resemblance[:] = 0
        with np.errstate(invalid="ignore", divide="ignore"):
            for at, weight in enumerate(self.group_weight):
                if weight == 0:
                    out[at] = np.nan
                    continue
                np.divide(self.similar[at], self.known[at], out=out[at])  # 0 / 0 is NaN: an unknown group
                out[at] *= np.float32(weight)
                rested += np.float32(weight) * (self.known[at] > 0)
                share += np.float32(weight) * self.known[at]
            rested[rested == 0] = np.nan
            for at, weight in enumerate(self.group_weight):
                if weight:
                    out[at] /= rested
                    resemblance += np.where(self.known[at] > 0, out[at], np.float32(0))
        np.minimum(resemblance, 1, out=resemblance)
        np.minimum(share, 1, out=share)
        resemblance[np.isnan(rested)] = np.nan


class _Column:
    """One criterion of a chunk beside its table."""

    def __init__(self, criterion: Criterion, table: Table, chunk: Frame) -> None:
        self.criterion, self.table, self.chunk = criterion, table, chunk
        self.lookup: F32
        self.counts = np.zeros(0, dtype=np.int64)
        self.whole = np.float32(0)  # what the references cover together, whatever labels this chunk has
        if isinstance(table, NumberTable):
            self.lookup = table.similarity
            return
        column = chunk.codes(criterion.key) if criterion.kind in (Kind.CATEGORY, Kind.PLACE) else chunk.labels(criterion.key)
        if isinstance(table, PlaceTable):
            self.lookup = np.append(_placed(table, column.values), np.float32(0))
            return
        self.counts = _aligned(table, column.values)
        if criterion.kind is Kind.CATEGORY:
            self.lookup = np.append(self.counts / table.references, 0.0).astype(np.float32)
        elif criterion.kind is Kind.LABELS:
            self.lookup = (self.counts / table.reference_counts.sum()).astype(np.float32)
        else:
            self.lookup = (self.counts / table.references).astype(np.float32)
            self.whole = np.float32(table.reference_counts.sum() / table.references)

    def compare(self, start: int, stop: int) -> tuple[F32, Mask]:
        """Similarity (0 where unknown) and known, rows start..stop."""
        key, table = self.criterion.key, self.table
        if isinstance(table, NumberTable):
            values = self.chunk.number(key)[start:stop]
            similarity = self.lookup.take(bin_of(table.scale, values))
            known = ~np.isnan(values)
            similarity *= known
            return similarity, known
        if self.criterion.kind in (Kind.CATEGORY, Kind.PLACE):
            codes = self.chunk.codes(key).codes[start:stop]
            return self.lookup.take(codes), np.asarray(codes >= 0)  # −1 takes the last entry, which is 0
        sets = self.chunk.labels(key)
        known = sets.known[start:stop]
        shared = sets.dot(start, stop, self.lookup)
        if self.criterion.kind is Kind.TERRITORY:
            carried = np.diff(sets.indptr[start : stop + 1]).astype(np.float32)
            shared = shared / (carried + (self.whole - shared))
        np.minimum(shared, 1, out=shared)
        shared *= known
        return shared, known

    def without_itself(self, rows: I64, similarity: F32, known: Mask) -> tuple[F32, Mask]:
        """Similarity of references to the other references only; unknown when no other knows the fact."""
        key, table = self.criterion.key, self.table
        others = table.references - 1
        if others == 0:
            return np.zeros_like(similarity), np.zeros_like(known)
        if isinstance(table, CountTable) and self.criterion.kind in (Kind.LABELS, Kind.TERRITORY):
            sets = self.chunk.labels(key)
            common = np.array([(self.counts[sets.of_row(int(r))] - 1).sum() for r in rows], dtype=np.float64)
            carried = np.array([len(sets.of_row(int(r))) for r in rows], dtype=np.float64)
            left = table.reference_counts.sum() - carried
            whole = left if self.criterion.kind is Kind.LABELS else carried * others + left - common
            return (common / np.maximum(whole, 1)).astype(np.float32), known & (left > 0)
        once = (similarity.astype(np.float64) * table.references - 1.0) / others
        return np.clip(once, 0.0, 1.0).astype(np.float32), known


def _aligned(table: CountTable, values: tuple[object, ...]) -> I64:
    """The references' counts in the order of a chunk's vocabulary; a value that no profile knows counts 0."""
    if values == table.values:
        return table.reference_counts
    at = {value: i for i, value in enumerate(table.values)}
    return np.array([table.reference_counts[at[v]] if v in at else 0 for v in map(str, values)], dtype=np.int64)


def _placed(table: PlaceTable, values: tuple[object, ...]) -> F32:
    """The nearness of a chunk's places. Raises ValueError for a place outside the universe of the profile."""
    degrees = np.array(values, dtype=np.float64).reshape(-1, 2)
    if np.array_equal(degrees, table.values):
        return table.similarity
    at = {(float(a), float(b)): i for i, (a, b) in enumerate(table.values)}
    try:
        return np.array([table.similarity[at[(float(a), float(b))]] for a, b in degrees], dtype=np.float32)
    except KeyError as missing:
        raise ValueError(f"the profile was fitted on a universe without the place {missing.args[0]}") from None


def _floats(table: pa.Table, name: str) -> F32:
    return np.asarray(table.column(name).to_numpy(), dtype=np.float32)
