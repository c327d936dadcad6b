"""The universe of a snapshot as codes, made by the first run that reads it and shared by all others and by their chunks."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

import pyarrow as pa

from prm.core.arrow import ids_to_bytes
from profiling.scoring.rules import (
    Frame,
    Kind,
    Plan,
    Survey,
    code,
    coded_from_table,
    coded_survey,
    coded_to_table,
    describe,
    frame_from_table,
    numbers_of,
)
from profiling.studies import files
from profiling.studies.kinds import RunContext
from profiling.studies.rules import CHUNK_ROWS
from profiling.studies.version import source_version


def coded_file(context: RunContext, plan: Plan) -> str:
    """Where the codes of the run's snapshot are stored; they are made now if nobody did. The name tells the snapshot, the
    criteria and the version of what codes them, so that what is found is what would be made."""
    asked = json.dumps([source_version(__name__), plan.equal().to_dict()["criteria"]])
    name = files.beside_snapshot(context.snapshot, hashlib.sha256(asked.encode()).hexdigest()[:16])
    if not files.exists(name):
        frame = frame_of(context.universe, plan)
        survey = describe(frame, plan)
        files.write_table(name, coded_to_table(code(frame, survey), survey), batch_rows=CHUNK_ROWS)
    return name


def coded_rows(context: RunContext, plan: Plan, start: int, stop: int) -> Frame:
    """Rows start..stop of the snapshot as codes."""
    name = coded_file(context, plan)
    table = files.read_table(name).slice(start, stop - start)
    ids = ids_to_bytes(context.universe.column("id").slice(start, stop - start))
    return coded_from_table(table, survey_read(name), plan, ids, offset=start)


def coded_universe(context: RunContext, plan: Plan) -> tuple[Frame, Survey]:
    """The whole snapshot: numbers as they are, everything else as codes; and its survey."""
    coded = coded_rows(context, plan, 0, context.universe.num_rows)
    numbers = {c.key: numbers_of(context.universe, c) for c in plan.criteria if c.kind is Kind.NUMBER}
    return Frame(coded.ids, {**coded.columns, **numbers}), survey_read(coded_file(context, plan))


def frame_of(rows: pa.Table, plan: Plan, *, offset: int = 0) -> Frame:
    """Rows of a snapshot as arrays, only the columns that the plan reads."""
    return frame_from_table(rows.select(["id", *plan.columns()]), plan, offset=offset)


@lru_cache(maxsize=4)
def survey_read(name: str) -> Survey:
    """The survey in a file of codes, which never changes."""
    return coded_survey(files.read_table(name))
