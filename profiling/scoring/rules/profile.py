"""The profile of one or many reference partners: what `score` needs, small enough to send to every worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiling.studies.rules import RuleFault
from profiling.studies.rules.arrays import F32, F64, I64

from .criteria import Compare, Criterion, Kind, Plan
from .frame import Codes, Frame, LabelSets
from .packing import pack_array, pack_scale, unpack_array, unpack_scale
from .scale import NumberScale, position_of
from .survey import CountSurvey, NumberSurvey, Survey, describe

EARTH_KM = 6371.0088

# Of a profile as it is stored; one of another version is not read.
VERSION = 2


@dataclass(frozen=True, slots=True)
class NumberTable:
    """Mean similarity to the references by bin. `references` counts those that know the fact. `reference_bands`
    and `universe_bands` (5,) count companies in each fifth of the universe, cut at `cuts` (4,)."""

    scale: NumberScale
    similarity: F32
    references: int
    cuts: F64
    reference_bands: I64
    universe_bands: I64
    universe_known: int


@dataclass(frozen=True, slots=True)
class CountTable:
    """A category, label or territory: for each of `values`, how many of the `references` that know the fact have it,
    and how many of the `universe_known` companies."""

    values: tuple[str, ...]
    reference_counts: I64
    references: int
    universe_counts: I64
    universe_known: int


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """Mean nearness to the references by place; `values` (places, 2) are degrees, in the universe's order."""

    values: F64
    similarity: F32
    references: int
    universe_known: int


Table = NumberTable | CountTable | PlaceTable


@dataclass(frozen=True)
class Profile:
    """What the references are like.

    `tables` has one table for each usable criterion; `unusable` says why another is not used: "unknown" (no
    reference has the fact), "constant" (it is the same for all) or "none" (no reference has any label). A criterion
    that is not usable counts neither for nor against anybody. `reference_rows` are sorted rows of the universe.
    """

    plan: Plan
    tables: Mapping[str, Table]
    unusable: Mapping[str, str]
    reference_rows: I64
    universe_size: int
    leave_itself_out: bool = True

    def with_plan(self, plan: Plan) -> Profile:
        """The same facts under other weights. Raises ValueError when the criteria are not the same."""
        if plan.equal().criteria != self.plan.equal().criteria:
            raise ValueError("only weights may differ; fit again for other criteria")
        return Profile(plan, self.tables, self.unusable, self.reference_rows, self.universe_size, self.leave_itself_out)

    def to_dict(self) -> dict[str, Any]:
        """The profile as JSON-able data; arrays keep every bit."""
        return {
            "version": VERSION,
            "plan": self.plan.to_dict(),
            "tables": {key: _pack(table) for key, table in self.tables.items()},
            "unusable": dict(self.unusable),
            "reference_rows": pack_array(self.reference_rows),
            "universe_size": self.universe_size,
            "leave_itself_out": self.leave_itself_out,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Profile:
        """The profile that `to_dict` gave. Raises RuleFault ``other_version`` for one it does not know."""
        if data.get("version") != VERSION:
            raise RuleFault("other_version", version=data.get("version"))
        return cls(
            Plan.from_dict(data["plan"]),
            {key: _unpack(table) for key, table in data["tables"].items()},
            dict(data["unusable"]),
            unpack_array(data["reference_rows"]),
            int(data["universe_size"]),
            bool(data["leave_itself_out"]),
        )


def fit(
    universe: Frame,
    references: NDArray[np.integer],
    plan: Plan,
    *,
    survey: Survey | None = None,
    leave_itself_out: bool = True,
) -> Profile:
    """Describe the reference partners against their universe (P8).

    `references` are rows of `universe` (see `Frame.rows_of` for ids); repeated rows count once. `survey` is
    `describe(universe, plan)`, taken anew unless given. With `leave_itself_out`, a reference is later compared with
    the other references and not with itself, when there are several. Raises RuleFault:
    ``no_reference`` when none of them is in the universe, ``nothing_known`` when none of the criteria is usable.
    """
    rows = np.unique(np.asarray(references, dtype=np.int64))
    if len(rows) == 0 or rows[0] < 0 or rows[-1] >= len(universe):
        raise RuleFault("no_reference")
    known = describe(universe, plan) if survey is None else survey
    chosen = universe.take(rows)
    tables: dict[str, Table] = {}
    unusable: dict[str, str] = {}
    for c in plan.criteria:
        table = _table(c, chosen, known[c.key])
        if isinstance(table, str):
            unusable[c.key] = table
        else:
            tables[c.key] = table
    weight = {g.key: g.weight for g in plan.groups}
    if not any(c.key in tables and c.weight > 0 and weight[c.group] > 0 for c in plan.criteria):
        raise RuleFault("nothing_known")
    return Profile(plan, tables, unusable, rows + universe.offset, len(universe), leave_itself_out)


def _table(c: Criterion, chosen: Frame, survey: NumberSurvey | CountSurvey) -> Table | str:
    """The criterion's table, or why there is none."""
    if isinstance(survey, NumberSurvey):
        values = chosen.number(c.key)
        values = values[~np.isnan(values)]
        if len(values) == 0:
            return "unknown"
        if survey.scale is None:
            return "constant"
        bands = np.bincount(np.searchsorted(survey.cuts.astype(np.float32), values, side="left"), minlength=5)
        return NumberTable(
            survey.scale,
            mean_similarity(survey.scale, values, c.compare),
            len(values),
            survey.cuts,
            bands.astype(np.int64),
            survey.counts,
            survey.known,
        )
    if c.kind is Kind.PLACE:
        return _places(c, chosen.codes(c.key), survey)
    column = chosen.codes(c.key) if c.kind is Kind.CATEGORY else chosen.labels(c.key)
    references, counts = int(column.known.sum()), column.counts()
    if isinstance(column, LabelSets) and references and not counts.sum():
        return "none"
    if references == 0:
        return "unknown"
    if c.kind is Kind.CATEGORY and survey.counts.max() == survey.known:
        return "constant"
    return CountTable(tuple(str(v) for v in survey.values), counts, references, survey.counts, survey.known)


def mean_similarity(scale: NumberScale, values: F32, compare: Compare = Compare.NEAR) -> F32:
    """For each bin of `scale`, the mean over `values` of 1 − distance: sorted once, then sums of prefixes, so that
    its cost does not depend on how many companies will be looked up."""
    spots = np.sort(position_of(scale, values.astype(np.float64)))
    sums = np.concatenate([[0.0], np.cumsum(spots)])
    at = np.searchsorted(spots, scale.positions)
    n, total = len(spots), sums[-1]
    distance = (total - sums[at]) - scale.positions * (n - at)  # to the references that have more
    if compare is Compare.NEAR:
        distance += scale.positions * at - sums[at]
    return np.asarray(np.clip(1.0 - distance / n, 0.0, 1.0), dtype=np.float32)


def _places(c: Criterion, column: Codes, survey: CountSurvey) -> PlaceTable | str:
    codes = column.codes[column.known]
    if len(codes) == 0:
        return "unknown"
    degrees = np.asarray(survey.values, dtype=np.float64).reshape(-1, 2)
    where, times = np.unique(codes, return_counts=True)
    nearness, steps = _nearness(c.scale_km)
    points = _on_sphere(degrees).astype(np.float32)
    total = np.zeros(len(degrees), dtype=np.float64)
    last = np.float32(len(nearness) - 1)
    for place, count in zip(where, times, strict=True):  # one after another: the same sum on every machine
        chord = (points[0] - points[0, place]) ** 2
        chord += (points[1] - points[1, place]) ** 2
        chord += (points[2] - points[2, place]) ** 2
        np.sqrt(chord, out=chord)
        chord *= np.float32(steps)
        chord += np.float32(0.5)
        np.minimum(chord, last, out=chord)
        total += nearness.take(chord.astype(np.int32)) * np.float64(count)
    similarity = np.clip(total / len(codes), 0.0, 1.0).astype(np.float32)
    return PlaceTable(degrees, similarity, len(codes), survey.known)


def _nearness(scale_km: float) -> tuple[F64, float]:
    """exp(−km / scale) by length of the chord through the globe (of radius 1), and how many entries make 1 of chord.
    The table ends where nearness is nothing (e⁻¹⁴) or at the antipode."""
    angle = min(14.0 * scale_km / EARTH_KM, np.pi)
    longest = 2 * np.sin(angle / 2)
    entries = 1 << 15
    chords = np.linspace(0.0, longest, entries)
    km = 2 * EARTH_KM * np.arcsin(np.minimum(chords / 2, 1.0))
    return np.exp(-km / scale_km), float((entries - 1) / longest)


def _on_sphere(degrees: F64) -> F64:
    """Degrees (places, 2) as points of the unit sphere (3, places)."""
    lat, lon = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _pack(table: Table) -> dict[str, Any]:
    if isinstance(table, NumberTable):
        return {
            "kind": "number",
            "scale": pack_scale(table.scale),
            "similarity": pack_array(table.similarity),
            "references": table.references,
            "cuts": pack_array(table.cuts),
            "reference_bands": pack_array(table.reference_bands),
            "universe_bands": pack_array(table.universe_bands),
            "universe_known": table.universe_known,
        }
    if isinstance(table, PlaceTable):
        return {
            "kind": "place",
            "values": pack_array(table.values),
            "similarity": pack_array(table.similarity),
            "references": table.references,
            "universe_known": table.universe_known,
        }
    return {
        "kind": "count",
        "values": list(table.values),
        "reference_counts": pack_array(table.reference_counts),
        "references": table.references,
        "universe_counts": pack_array(table.universe_counts),
        "universe_known": table.universe_known,
    }


def _unpack(data: Mapping[str, Any]) -> Table:
    if data["kind"] == "number":
        return NumberTable(
            unpack_scale(data["scale"]),
            unpack_array(data["similarity"]),
            int(data["references"]),
            unpack_array(data["cuts"]),
            unpack_array(data["reference_bands"]),
            unpack_array(data["universe_bands"]),
            int(data["universe_known"]),
        )
    if data["kind"] == "place":
        return PlaceTable(
            unpack_array(data["values"]),
            unpack_array(data["similarity"]),
            int(data["references"]),
            int(data["universe_known"]),
        )
    return CountTable(
        tuple(data["values"]),
        unpack_array(data["reference_counts"]),
        int(data["references"]),
        unpack_array(data["universe_counts"]),
        int(data["universe_known"]),
    )
