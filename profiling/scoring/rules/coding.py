"""A universe as codes, with its survey, in one Arrow table: made once for a snapshot, kept beside it, read by all its runs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from profiling.studies.rules.arrays import Unsigned, small

from .criteria import Kind, Plan
from .frame import Bins, Codes, Column, Frame, LabelSets
from .packing import pack_array, pack_scale, unpack_array, unpack_scale
from .scale import bin_of
from .survey import CountSurvey, NumberSurvey, Survey

SURVEY = b"survey"


def code(frame: Frame, survey: Survey) -> Frame:
    """The frame with its numbers in the bins of `survey`; those that are the same for all stay as they are."""
    columns: dict[str, Column] = dict(frame.columns)
    for key, column in frame.columns.items():
        facts = survey[key]
        if isinstance(column, np.ndarray) and isinstance(facts, NumberSurvey) and facts.scale is not None:
            columns[key] = Bins(small(bin_of(facts.scale, column), len(facts.scale.positions)), facts.scale)
    return Frame(frame.ids, columns, frame.offset)


def coded_to_table(frame: Frame, survey: Survey) -> pa.Table:
    """A coded frame as an Arrow table: a column of codes for each criterion that tells companies apart, and the survey
    with every vocabulary in the schema's metadata. Ids are left to the snapshot."""
    columns: dict[str, pa.Array] = {}
    for key, column in frame.columns.items():
        if isinstance(column, LabelSets):
            ends = np.append(column.indptr, column.indptr[-1:])  # the unknown as an empty set behind the others
            sets = pa.ListArray.from_arrays(pa.array(ends), pa.array(column.indices))
            columns[key] = pa.DictionaryArray.from_arrays(pa.array(column.codes), sets)
        elif isinstance(column, Codes | Bins):
            columns[key] = pa.array(column.codes)
    packed = json.dumps({key: _pack(facts) for key, facts in survey.items()})
    return pa.table(columns).replace_schema_metadata({SURVEY: packed})


def coded_survey(table: pa.Table) -> Survey:
    """The survey that `coded_to_table` stored."""
    return {key: _unpack(facts) for key, facts in json.loads(table.schema.metadata[SURVEY]).items()}


def coded_from_table(table: pa.Table, survey: Survey, plan: Plan, ids: NDArray[np.bytes_], *, offset: int = 0) -> Frame:
    """Rows of the coded frame that `coded_to_table` stored, without copying where they lie in one batch; `ids` are those of
    the same rows of the snapshot, the first being row `offset`."""
    columns: dict[str, Column] = {}
    for c in plan.criteria:
        facts = survey[c.key]
        if isinstance(facts, NumberSurvey):
            if facts.scale is not None:
                columns[c.key] = Bins(_codes(table.column(c.key).combine_chunks()), facts.scale)
        elif c.kind in (Kind.LABELS, Kind.TERRITORY):
            columns[c.key] = _sets(table.column(c.key).combine_chunks(), tuple(str(v) for v in facts.values))
        else:
            columns[c.key] = Codes(_codes(table.column(c.key).combine_chunks()), facts.values)
    return Frame(ids, columns, offset)


def _codes(column: pa.Array) -> Unsigned:
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _sets(column: pa.DictionaryArray, values: tuple[str, ...]) -> LabelSets:
    sets = column.dictionary
    return LabelSets(_codes(column.indices), sets.offsets.to_numpy()[:-1], sets.values.to_numpy(), values)


def _pack(facts: NumberSurvey | CountSurvey) -> dict[str, Any]:
    counts = pack_array(facts.counts)
    if isinstance(facts, NumberSurvey):
        scale = None if facts.scale is None else pack_scale(facts.scale)
        return {"known": facts.known, "counts": counts, "cuts": pack_array(facts.cuts), "scale": scale}
    values = list(facts.values) if isinstance(facts.values, tuple) else pack_array(facts.values)
    return {"known": facts.known, "counts": counts, "values": values}


def _unpack(data: dict[str, Any]) -> NumberSurvey | CountSurvey:
    known, counts = int(data["known"]), unpack_array(data["counts"])
    if "cuts" in data:
        scale = None if data["scale"] is None else unpack_scale(data["scale"])
        return NumberSurvey(known, scale, unpack_array(data["cuts"]), counts)
    values = data["values"]
    return CountSurvey(known, tuple(values) if isinstance(values, list) else unpack_array(values), counts)
