"""One company of a run explained: read back from the snapshot and the run's profile, one row only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from profiling.scoring.coded import frame_of
from profiling.scoring.engine import profile_read
from profiling.scoring.rules import Criterion, Explanation, Kind, explain
from profiling.scoring.rules.profile import NumberTable, Table
from profiling.studies import files
from profiling.studies.models import StudyRun
from profiling.studies.rules import RuleFault


def explain_row(run: StudyRun, row: int) -> tuple[Explanation | None, set[tuple[str, str]]]:
    """Why row ``row`` of the run's snapshot scores what it does, and the (criterion, value) pairs that it has: labels, category,
    or the fifth of the universe that its number falls in. None when the run's files are gone
    or were written by an earlier version of the arithmetic."""
    if not run.files.get("profile") or run.snapshot is None:
        return None, set()
    try:
        profile, universe = profile_read(run.files["profile"]), files.read_table(run.snapshot.file)
    except (FileNotFoundError, RuleFault):
        return None, set()
    one = universe.slice(row, 1)
    frame = frame_of(one, profile.plan, offset=row)
    return explain(profile, frame, 0), set(_facts(one, profile.plan.criteria, profile.tables))


def _facts(one: pa.Table, criteria: Iterable[Criterion], tables: Mapping[str, Table]) -> Iterator[tuple[str, str]]:
    for c in criteria:
        value = one.column(c.columns[0])[0].as_py()
        if value is None or c.kind is Kind.PLACE:
            continue
        if c.kind is Kind.NUMBER:
            table = tables.get(c.key)
            if isinstance(table, NumberTable):
                yield c.key, str(int(sum(float(cut) < float(value) for cut in table.cuts)) + 1)
        else:
            for label in value if isinstance(value, list) else [value]:
                yield c.key, label
