"""Set-based decisions about staged rows: what they refer to, what they repeat, which record they are, what is to be done with each.

Used by the dry run over all rows and, again, by each chunk as it is written (the world may have changed in between). It writes only
the staging table; refused rows come back as errors for the caller to keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from typing import Any

from prm.imports.models import DuplicatePolicy
from prm.imports.runner.staging import ROW_BY_ROW, Chunk, planned

#: Rows of one chunk that mean the same record; more is a mapping gone wrong, told instead of written.
MAX_TURNS = 25


@dataclass(slots=True)
class Refusal:
    """A staged row that cannot come in after all."""

    row_no: int
    field: str
    code: str
    data: dict[str, Any] = with_default(default_factory=dict)


def refuse_rows(chunk: Chunk, refusals: list[Refusal]) -> None:
    """Marks staged rows as rejected."""
    if refusals:
        numbers = sorted({refusal.row_no for refusal in refusals})
        chunk.execute(
            f"UPDATE {chunk.table.name} SET outcome = 'rejected' WHERE row_no = ANY(%(numbers)s)", {"numbers": numbers}
        )


def each_row(chunk: Chunk, find: str, extra: str) -> str:
    """A target's ``find`` as a question asked for one row at a time: ``OFFSET 0`` keeps the planner from asking it the other way round
    (for each record all rows of the chunk), which it does when it believes that there are hardly any records yet."""
    one = find.replace("{rows}", "(SELECT r.*)")
    return f"SELECT f.row_no, f.id FROM {chunk.rows(extra=extra)} r CROSS JOIN LATERAL ({one} OFFSET 0) f(row_no, id)"


def _look_up(chunk: Chunk, found: str) -> list[tuple[int, str, int]]:
    """(row number, a record found, how many different ones) of the rows for which any was found."""
    with planned(ROW_BY_ROW):
        return chunk.fetch(
            f"SELECT row_no, (array_agg(id))[1]::text, count(DISTINCT id) FROM ({found}) f(row_no, id) GROUP BY row_no"
        )


def resolve_references(chunk: Chunk) -> list[Refusal]:
    """Looks up what the rows point to; answers the rows that point nowhere, or at several records."""
    refusals: list[Refusal] = []
    table = chunk.table.name
    for reference in chunk.table.target.references:
        fields = reference.fields or (reference.field,)
        if not chunk.has(*fields):
            continue
        into = reference.into
        for sql in reference.find:
            found = each_row(chunk, sql, f'"{into}" IS NULL')
            single = [(row_no, key) for row_no, key, count in _look_up(chunk, found) if count == 1]
            if single:
                chunk.execute(
                    f'UPDATE {table} g SET "{into}" = m.id FROM (SELECT unnest(%(rows)s) AS row_no, unnest(%(ids)s::uuid[]) AS id) m'
                    " WHERE g.row_no = m.row_no",
                    {"rows": [row_no for row_no, _key in single], "ids": [key for _row_no, key in single]},
                )
        if reference.required is False:
            continue
        given = " OR ".join(f's."{name}" IS NOT NULL' for name in fields if chunk.has(name))
        condition = f" AND ({given})" if reference.required == "if given" else ""
        missing = chunk.fetch(
            f'SELECT s.row_no, s."{reference.field}"::text FROM {{rows}} s WHERE s."{into}" IS NULL{condition}'
        )
        refusals += [
            Refusal(row_no, reference.field, "reference_missing", {"what": str(reference.label), "value": (value or "")[:80]})
            for row_no, value in missing
        ]
    refuse_rows(chunk, refusals)
    return refusals


def number_rows(chunk: Chunk) -> None:
    """Numbers what the file gives no number (the lines of an order) by the order of its rows: among those that share a group with a
    row of the chunk, in whichever chunk they are."""
    table = chunk.table.name
    for name, within in chunk.numbered:
        group = ", ".join(f's."{column}"' for column in within)
        chunk.execute(
            f'UPDATE {table} g SET "{name}" = r.n FROM (SELECT s.row_no, row_number() OVER (PARTITION BY {group} ORDER BY s.row_no) AS n'
            f" FROM {table} s WHERE ({group}) IN (SELECT {group} FROM {{rows}} s) AND s.outcome <> 'rejected') r"
            f' WHERE g.row_no = r.row_no AND g."{name}" IS DISTINCT FROM r.n'
        )


def run_checks(chunk: Chunk) -> list[Refusal]:
    """The target's own conditions."""
    refusals = [
        Refusal(row_no, check.field, check.code)
        for check in chunk.table.target.checks
        for (row_no,) in chunk.fetch(f"SELECT s.row_no FROM {{rows}} s WHERE {check.bad}")
    ]
    refuse_rows(chunk, refusals)
    return refusals


def usable_keys(chunk: Chunk) -> list[Any]:
    """The match keys whose columns the file brings."""
    return [key for key in chunk.table.target.match_keys if all(chunk.has(column) for column in key.columns)]


def set_turns(chunk: Chunk) -> tuple[int, list[Refusal]]:
    """Gives later rows of the chunk that mean the same record as an earlier one a later turn; answers the last turn."""
    keys = usable_keys(chunk)
    if not keys:
        return 1, []
    ranks = []
    for key in keys:
        columns = ", ".join(f's."{column}"' for column in key.columns)
        known = " AND ".join(f's."{column}" IS NOT NULL' for column in key.columns)
        ranks.append(
            f"CASE WHEN {known} THEN row_number() OVER (PARTITION BY {columns}, ({known}) ORDER BY s.row_no) ELSE 1 END"
        )
    ranked = f"SELECT s.row_no, greatest({', '.join(ranks)}) AS turn FROM {{rows}} s"
    later = chunk.fetch(f"SELECT row_no, turn FROM ({ranked}) r WHERE turn > 1")
    if not later:
        return 1, []
    refusals = [Refusal(row_no, "", "repeated_often", {"limit": MAX_TURNS}) for row_no, turn in later if turn > MAX_TURNS]
    refuse_rows(chunk, refusals)
    chunk.execute(
        f"UPDATE {chunk.table.name} g SET turn = r.turn FROM (SELECT unnest(%(rows)s) AS row_no,"
        " unnest(%(turns)s) AS turn) r WHERE g.row_no = r.row_no",
        {
            "rows": [row for row, turn in later if turn <= MAX_TURNS],
            "turns": [turn for _row, turn in later if turn <= MAX_TURNS],
        },
    )
    return min(MAX_TURNS, max(turn for _row, turn in later)), refusals


def mark_repeats(chunk: Chunk) -> None:
    """Marks the rows that repeat an earlier one of the chunk. Rows that their strongest key tells apart repeat nothing, whatever their
    weaker ones say."""
    keys = usable_keys(chunk)
    if not keys:
        return
    same = [", ".join(f's."{column}"' for column in key.columns) for key in keys]
    filled = [" AND ".join(f's."{column}" IS NOT NULL' for column in key.columns) for key in keys]
    all_differ = chunk.fetch(f"SELECT bool_and({filled[0]}) AND count(*) = count(DISTINCT ({same[0]})) FROM {{rows}} s")[0][0]
    if all_differ:
        return
    terms = [
        f"({known} AND row_number() OVER (PARTITION BY {columns}, ({known}) ORDER BY s.row_no) > 1)"
        for columns, known in zip(same, filled, strict=True)
    ]
    chunk.execute(
        f"UPDATE {chunk.table.name} g SET again = r.again FROM (SELECT s.row_no, CASE WHEN {filled[0]} THEN {terms[0]}"
        f" ELSE {' OR '.join(terms)} END AS again FROM {{rows}} s) r WHERE g.row_no = r.row_no AND g.again <> r.again"
    )


def meets_others(chunk: Chunk, numbers: Sequence[int]) -> bool:
    """Whether one of the rows ``numbers`` has a key in common with another row, so that one of the two repeats the other."""
    for key in usable_keys(chunk):
        same = " AND ".join(f's."{column}" = o."{column}"' for column in key.columns)
        if chunk.fetch(
            "SELECT 1 FROM {rows} s JOIN (SELECT * FROM {rows} r WHERE r.row_no = ANY(%(numbers)s)) o"
            f" ON {same} AND s.row_no <> o.row_no LIMIT 1",
            {"numbers": list(numbers)},
        ):
            return True
    return False


def rows_stand_apart(chunk: Chunk) -> bool:
    """Whether no two of the rows can mean the same record, so that the order in which they are written changes nothing.

    Either the strongest key tells them all apart, or no key is met twice; and no known record was found for two of them.
    """
    keys = usable_keys(chunk)
    if not keys:
        return True
    alone = []
    for key in keys:
        columns = ", ".join(f's."{column}"' for column in key.columns)
        known = " AND ".join(f's."{column}" IS NOT NULL' for column in key.columns)
        alone.append(f"count(*) FILTER (WHERE {known}) = count(DISTINCT ({columns})) FILTER (WHERE {known})")
    strongest = " AND ".join(f's."{column}" IS NOT NULL' for column in keys[0].columns)
    told_apart = f"count(*) = count(*) FILTER (WHERE {strongest}) AND {alone[0]}"
    return all(
        (
            chunk.fetch("SELECT count(match_id) = count(DISTINCT match_id) FROM {rows} s")[0][0],
            chunk.fetch(f"SELECT {told_apart} FROM {{rows}} s")[0][0]
            or chunk.fetch(f"SELECT {' AND '.join(alone)} FROM {{rows}} s")[0][0],
        )
    )


def find_matches(chunk: Chunk) -> None:
    """Sets ``match_id`` and ``match_on``: the strongest key that finds exactly one record. "?key" marks rows that only found several. Rows
    that a person set apart find none."""
    table = chunk.table.name
    for key in usable_keys(chunk):
        found = each_row(chunk, key.find, "match_id IS NULL AND row_no <> ALL(%(apart)s)")
        matches = _look_up(chunk, found)
        if matches:
            chunk.execute(
                f"UPDATE {table} g SET match_id = CASE WHEN m.n = 1 THEN m.id END,"
                f" match_on = CASE WHEN m.n = 1 THEN '{key.name}' ELSE '?{key.name}' END FROM (SELECT unnest(%(rows)s) AS row_no,"
                " unnest(%(ids)s::uuid[]) AS id, unnest(%(counts)s) AS n) m WHERE g.row_no = m.row_no",
                {
                    "rows": [row_no for row_no, _id, _n in matches],
                    "ids": [found_id for _row, found_id, _n in matches],
                    "counts": [n for _row, _id, n in matches],
                },
            )


def decide(chunk: Chunk) -> list[Refusal]:
    """Sets each row's outcome by the policy; answers the rows of which it cannot be said which record they are."""
    policy = chunk.policy
    unique = [key.name for key in chunk.table.target.match_keys if key.unique]
    params = {"unique": unique}
    if policy == DuplicatePolicy.CREATE:
        outcome = "CASE WHEN s.match_id IS NOT NULL AND s.match_on = ANY(%(unique)s) THEN 'skip' ELSE 'new' END"
    elif policy == DuplicatePolicy.UPDATE:
        outcome = "CASE WHEN s.match_id IS NOT NULL THEN 'known' ELSE 'rejected' END"
    else:
        outcome = "'skip'"
    table = chunk.table.name
    # Rows that nothing was found for are "new" from the start.
    found = chunk.rows(extra="match_on IS NOT NULL")
    chunk.execute(f"UPDATE {table} g SET outcome = {outcome} FROM {found} s WHERE g.row_no = s.row_no", params)
    if policy != DuplicatePolicy.UPDATE:
        return []
    turn = f" AND turn = {chunk.turn:d}" if chunk.turn is not None else ""
    ambiguous = chunk.fetch(
        f"SELECT row_no, match_on FROM {table} WHERE row_no BETWEEN {chunk.first:d} AND {chunk.last:d}{turn}"
        " AND outcome = 'rejected' AND match_on LIKE '?%%'"
    )
    labels = {key.name: str(key.label) for key in chunk.table.target.match_keys}
    columns = {key.name: key.columns[0] for key in chunk.table.target.match_keys}
    return [Refusal(row_no, columns[on[1:]], "match_ambiguous", {"key": labels[on[1:]]}) for row_no, on in ambiguous]


def reset_rows(chunk: Chunk) -> None:
    """Forgets what an earlier pass decided; rejected rows stay so."""
    chunk.execute(
        f"UPDATE {chunk.table.name} SET match_id = NULL, match_on = NULL, outcome = 'new', turn = 1"
        f" WHERE row_no BETWEEN {chunk.first:d} AND {chunk.last:d}"
        " AND outcome <> 'rejected' AND (match_on IS NOT NULL OR outcome <> 'new' OR turn > 1)"
    )
