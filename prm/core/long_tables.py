"""Pages of a very long table, in bounded time whatever is asked for (docs/lists.md).

The pages and cursors are those of ``prm.core.keyset``; what differs is how the rows are found. No single plan serves a million rows: an
index on the order is wrong for rare filters, a filter's index for broad ones. Hence steps, each bounded:

0. Where nobody asks how many there are, **glance**: walk a few rows of the order's index (step 2) before anything is found. Where
   there were more than 10,000 a moment ago, step 2 comes first.
1. **Find** up to 10,001 matches through the filters' indexes. When there are no more, they are sorted: the page is exact and so
   is the count. Most questions end here.
2. Else **walk** the order's index from the cursor, testing each row: what is broad is met soon. ``WALK`` rows; where step 3 has a
   bound, ``SAMPLE`` rows first, and the rest only when these met enough to hope for the page.
3. Else the order and the filter run against each other (integrators, smallest first): **sort** the matches.

The matches that step 1 read tell where the page ends at the latest (more matches cannot end it later): step 3 sorts what lies before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models

from prm.core.keyset import COUNT_CAP, KeysetPage, Place, counted, counts_sql, is_nullable, page_of, read_cursor, total_order

WALK, GLANCE, SAMPLE = 10_000, 2_500, 1_000
Bounds = tuple[Any, Any]
Pairs = list[tuple[UUID, Any]]
#: The same rows written twice: ``rows(testing=False)`` starts from the filters' indexes, ``rows(testing=True)`` tests a row at hand.
Rows = Callable[[bool], models.QuerySet[Any]]

# Several people ask at once, and starting workers costs more than these reads. A row is looked for once: to remember it is work
# for nothing.
_ALWAYS = {"max_parallel_workers_per_gather": "0", "enable_memoize": "off"}
# A guess of many matches makes reading the whole table look cheap; when they are few after all, it is not.
_FINDING = {**_ALWAYS, "enable_seqscan": "off"}
# Where every link has an index, following it row by row stops at the limit; joining whole sets does not.
_LINKS = {**_FINDING, "enable_mergejoin": "off", "enable_hashjoin": "off"}
_WALKING = {**_ALWAYS, "enable_bitmapscan": "off", "enable_sort": "off", "enable_seqscan": "off"}
# Up to a known end, the pages of filter and order in common are few; along the order's index each row before it would be read.
_UP_TO = {**_ALWAYS, "enable_indexscan": "off"}


def find_page(
    rows: Rows,
    *,
    order: str,
    cursor: str = "",
    limit: int = 50,
    count: bool = True,
    bounds: Bounds | None = None,
    are_many: bool = False,
    were_many: bool = False,
    by_links: bool = False,
) -> KeysetPage:
    """The page of keys after ``cursor`` in ``order``: one column with an index on (column, id), ``-`` for falling.

    ``bounds`` is the range that the rows ask of that column, if any: a walk need not begin before it. ``are_many``: the caller knows
    already that there are more than 10,000. ``were_many``: it saw so a moment ago, and takes that for the total where a walk gives the
    page. ``by_links``: each filter can be tested by an index from either side. The total comes with
    ``count``, exact up to 10,000. Raises BadCursor.
    """
    columns = total_order([order])
    search = _Search(rows, columns, read_cursor(cursor, columns, rows(False).model), limit + 1, bounds)
    try:
        total = COUNT_CAP + 1
        sampled = count and were_many and not are_many
        found: Pairs | None = None
        if sampled:
            found = search.by_sample()
        elif not count and not are_many:
            found = search.along_the_index(GLANCE)
        if found is None and not are_many:
            found, total = search.among_few(_LINKS if by_links else _FINDING)
        if found is None and not sampled:
            found = search.by_walking()
        if found is None:
            found = search.by_sorting()
    except EmptyResultSet:  # the ORM knows that nothing can match
        found, total = [], 0
    page = page_of(
        found, columns, search.place, limit=limit, values=lambda pair: (pair[1], pair[0]),
        total=min(total, COUNT_CAP) if count else None, capped=count and total > COUNT_CAP,
    )  # fmt: skip
    return KeysetPage([key for key, _value in page.rows], page.next, page.previous, page.total, page.capped)


def find_counts(asked: Sequence[models.QuerySet[Any]], *, by_links: bool = False) -> list[tuple[int, bool]]:
    """How many rows each of them holds, found as ``find_page`` finds them: exact up to 10,000, then (10000, True). One query."""
    sql, values = counts_sql(asked)
    found = _run(sql, values, _LINKS if by_links else _FINDING)[0] if sql else ()
    return [counted(number) for number in found]


class _Search:
    """The three steps for one question. Wraps the SQL that the ORM makes of the querysets: scope and filters stay the policies'."""

    def __init__(self, rows: Rows, columns: Sequence[str], place: Place | None, wanted: int, bounds: Bounds | None) -> None:
        self.rows, self.place, self.wanted, self.bounds = rows, place, wanted, bounds
        self.model = rows(False).model
        self.table = f'"{self.model._meta.db_table}"'
        self.field = columns[0].lstrip("-")
        self.nullable = is_nullable(self.model, self.field)
        self.back = place is not None and place.backwards
        self.descending = columns[0].startswith("-") != self.back
        self.met = 0  # matches of the last walk
        self.end: Any = None  # no value of the page lies beyond this one, once that is known
        self._sql = cache(self._written)

    def among_few(self, settings: dict[str, str]) -> tuple[Pairs | None, int]:
        """The page, when there are at most 10,000 matches, else None; and how many there are (10,001 = more).

        Of more matches, those read tell where the page ends at the latest.
        """
        inner, params = self._sql(testing=False)
        after, after_params = self._after("id", "v")
        sql = (
            f"WITH c AS MATERIALIZED ({inner} LIMIT {COUNT_CAP + 1}), n AS (SELECT count(*) AS n FROM c)"  # noqa: S608  SQL of the compiler
            f" SELECT n.n, p.id, p.v FROM n LEFT JOIN LATERAL (SELECT id, v FROM c WHERE {after}"
            f" ORDER BY {self._ordering('id', 'v')} LIMIT {self.wanted:d}) p ON true"
        )
        rows = _run(sql, [*params, *after_params], settings)
        total = int(rows[0][0])
        found = [(row[1], row[2]) for row in rows if row[1] is not None]
        if total <= COUNT_CAP:
            return found, total
        # Going back from an unknown value, known ones come after all unknown ones: no value ends that.
        from_unknown = self.back and self.place is not None and self.place.values[0] is None
        if len(found) == self.wanted and found[-1][1] is not None and not from_unknown:
            self.end = found[-1][1]
        return None, total

    def by_walking(self) -> Pairs | None:
        """The page, when it fills within ``WALK`` rows of the order's index. Where sorting is bounded, only if the first rows gave half
        the hope of that; else sorting reads all matches, and walking is worth its price."""
        return self.along_the_index(WALK) if self.end is None else self.by_sample()

    def by_sample(self) -> Pairs | None:
        """The page, when it fills within ``SAMPLE`` rows of the order's index, or within ``WALK`` where these gave half the hope of it."""
        found = self.along_the_index(SAMPLE)
        if found is None and 2 * self.met * WALK >= self.wanted * SAMPLE:
            found = self.along_the_index(WALK)
        return found

    def along_the_index(self, left: int) -> Pairs | None:
        """The page, when it fills within ``left`` rows of the order's index (or the order ends there); else None."""
        found: Pairs = []
        own_sql, own = self._sql(testing=True)
        for segment in self._segments():
            column, keyset, params = self._segment(segment)
            sign = "DESC" if self.descending else "ASC"
            ordering = f"{column} {sign}, id {sign}" if segment == "known" else f"id {sign}"
            inner = f"SELECT * FROM {self.table} WHERE {keyset} ORDER BY {ordering} LIMIT {left:d}"  # noqa: S608  SQL of the compiler
            sql = own_sql.replace(f"FROM {self.table}", f"FROM ({inner}) {self.table}", 1)
            qualified = ordering.replace("id ", f"{self.table}.id ").replace(f"{column} ", f"{self.table}.{column} ", 1)
            sql += f" ORDER BY {qualified} LIMIT {self.wanted - len(found):d}"
            found += _run(sql, [*params, *own], _WALKING)
            self.met = len(found)
            if len(found) >= self.wanted:
                return found
            walked = _run(f"SELECT count(*) FROM (SELECT 1 FROM ({inner}) w) w", params, _ALWAYS)[0][0]  # noqa: S608  SQL of the compiler
            if walked >= left:
                return None
            left -= walked
        return found

    def by_sorting(self) -> Pairs:
        """The page out of all matches, or of those before its latest end."""
        inner, params = self._sql(testing=False, until=self.end)
        after, after_params = self._after("id", "v")
        sql = (
            f"WITH c AS MATERIALIZED ({inner}) SELECT id, v FROM c WHERE {after}"  # noqa: S608  SQL of the compiler
            f" ORDER BY {self._ordering('id', 'v')} LIMIT {self.wanted:d}"
        )
        return _run(sql, [*params, *after_params], _ALWAYS if self.end is None else _UP_TO)

    def _written(self, *, testing: bool, until: Any = None) -> tuple[str, tuple[Any, ...]]:
        """``SELECT id, <order> AS v …`` of the rows, those of the order's value ``until`` the last."""
        rows = self.rows(testing).order_by()
        if until is not None:
            rows = rows.filter(**{f"{self.field}__{'gte' if self.descending else 'lte'}": until})
        return rows.annotate(v=models.F(self.field)).values_list("id", "v").query.sql_with_params()

    def _ordering(self, key: str, value: str) -> str:
        sign = "DESC" if self.descending else "ASC"
        unknown = f"({value} IS NULL) {'DESC' if self.back else 'ASC'}, " if self.nullable else ""
        return f"{unknown}{value} {sign}, {key} {sign}"

    def _after(self, key: str, value: str) -> tuple[str, list[Any]]:
        """The rows beyond the cursor, unknown values beyond all others."""
        if self.place is None:
            return "true", []
        sign = "<" if self.descending else ">"
        at, at_key = self.place.values
        if at is None:
            beyond = f"{value} IS NULL AND {key} {sign} %s"
            return (f"({beyond} OR {value} IS NOT NULL)" if self.back else beyond), [at_key]
        row = f"({value}, {key}) {sign} (%s, %s)"
        loose = self.nullable and not self.back
        return (f"({row} OR {value} IS NULL)" if loose else row), [at, at_key]

    def _segments(self) -> list[str]:
        """The ranges of the order's index that are still ahead: known values, then unknown ones."""
        both = ["known", "unknown"] if self.nullable and not self.bounds else ["known"]
        if self.back:
            both.reverse()
        if self.place is not None:
            here = "unknown" if self.place.values[0] is None else "known"
            both = both[both.index(here) :] if here in both else []
        return both

    def _segment(self, segment: str) -> tuple[str, str, list[Any]]:
        """Column, condition and parameters of one range of the order's index, from the cursor on."""
        column = f'"{self.field}"'
        here = self.place is not None and (self.place.values[0] is None) == (segment == "unknown")
        sign = "<" if self.descending else ">"
        if segment == "unknown":
            condition = f"{column} IS NULL"
            if here and self.place:
                return column, f"{condition} AND id {sign} %s", [self.place.values[1]]
            return column, condition, []
        conditions = [f"{column} IS NOT NULL"] if self.nullable else ["true"]
        params: list[Any] = []
        for bound, comparison in zip(self.bounds or (), (">=", "<="), strict=False):
            if bound is not None:
                conditions.append(f"{column} {comparison} %s")
                params.append(bound)
        if here and self.place:
            conditions.append(f"({column}, id) {sign} (%s, %s)")
            params += self.place.values
        return column, " AND ".join(conditions), params


def _run(sql: str, params: Sequence[Any], settings: dict[str, str]) -> list[Any]:
    """Rows of a statement planned under ``settings``, which go with it in one message; the next puts the usual ones back.

    An error needs no clean-up: its transaction is over, and the settings with it.
    """
    before = "".join(f"SET LOCAL {name} = {value}; " for name, value in settings.items())
    after = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in settings)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(before + sql, params)
        rows = cursor.fetchall()
        cursor.execute(after)
    return list(rows)
