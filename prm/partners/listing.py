"""One page of a long table in a chosen order, in bounded time whatever is asked for (DESIGN §4, Text).

No single plan serves a million rows: an index on the order is wrong for rare filters, a filter's index for broad ones. Hence three
steps, each bounded:

1. **Find** up to 10,001 matches through the filters' indexes. When there are no more, they are sorted: the page is exact and so
   is the count. Most questions end here.
2. Else **walk** the order's index from the cursor, testing each row: what is broad is met soon. At most ``WALK`` rows.
3. Else the order and the filter run against each other (integrators, smallest first): **sort** all matches.

Unknown values come last in both directions, and cursors know it. Cursors are signed with their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.utils.translation import gettext as _

from prm.core.errors import Invalid

COUNT_CAP = 10_000
WALK = 10_000
_SALT = "prm.partners.listing"


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by ``field`` (with an index on (field, id)), then by key. ``nullable``: it may be unknown; those come last."""

    field: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class FoundPage:
    """Keys of one page in order, the count (exact up to 10,000, then ``capped``), cursors to its neighbours ("" at the ends)."""

    ids: list[UUID]
    total: int
    capped: bool
    next: str
    previous: str


Bounds = tuple[Any, Any]


@dataclass(frozen=True)
class _At:
    """Where a cursor stands."""

    back: bool
    value: Any
    key: UUID


def find_page(
    find: models.QuerySet[Any],
    test: models.QuerySet[Any],
    order: Order,
    *,
    cursor: str = "",
    limit: int = 50,
    bounds: Bounds | None = None,
    are_many: bool = False,
) -> FoundPage:
    """The page after ``cursor``. ``find`` and ``test`` are the same rows, written for steps 1 and 2; ``bounds`` is the range that they
    ask of the order's own column, if any: a walk need not begin before it. ``are_many``: the caller knows already that there are more
    than 10,000. Raises Invalid (``cursor``)."""
    at = _read(cursor, order) if cursor else None
    try:
        find.query.sql_with_params()
    except EmptyResultSet:  # the ORM knows that nothing can match
        return FoundPage([], 0, False, "", "")
    walk = _Walk(find, test, order, at, wanted=limit + 1, bounds=bounds)
    found: Pairs | None
    found, total = ([], COUNT_CAP + 1) if are_many else walk.among_few()
    capped = total > COUNT_CAP
    if capped:
        found = walk.along_the_index()
    if found is None:
        found = walk.by_sorting()
    more = len(found) > limit
    found = found[:limit]
    back = at is not None and at.back
    if back:
        found.reverse()
    has_next, has_previous = (True, more) if back else (more, at is not None)
    return FoundPage(
        ids=[key for key, _value in found],
        total=min(total, COUNT_CAP),
        capped=capped,
        next=_write(found[-1], order, back=False) if found and has_next else "",
        previous=_write(found[0], order, back=True) if found and has_previous else "",
    )


def count_few(rows: models.QuerySet[Any]) -> tuple[int, bool]:
    """How many rows: exact up to 10,000, then (10000, True)."""
    found = rows.order_by().values("pk")[: COUNT_CAP + 1].count()
    return min(found, COUNT_CAP), found > COUNT_CAP


Pairs = list[tuple[UUID, Any]]


class _Walk:
    """The three steps for one question. Wraps the SQL that the ORM makes of the querysets: scope and filters stay the policies'."""

    def __init__(
        self,
        find: models.QuerySet[Any],
        test: models.QuerySet[Any],
        order: Order,
        at: _At | None,
        *,
        wanted: int,
        bounds: Bounds | None,
    ) -> None:
        self.bounds = bounds
        self.find, self.test, self.order, self.at, self.wanted = find, test, order, at, wanted
        self.table = f'"{find.model._meta.db_table}"'
        self.nullable = order.nullable
        self.back = at is not None and at.back
        self.descending = order.descending != self.back
        self.connection = connections[DEFAULT_DB_ALIAS]

    def among_few(self) -> tuple[Pairs, int]:
        """The page, when there are at most 10,000 matches; and how many there are (10,001 = more)."""
        inner, params = self._sql(self.find)
        after, after_params = self._after("id", "v")
        sql = (
            f"WITH c AS MATERIALIZED ({inner} LIMIT {COUNT_CAP + 1}), n AS (SELECT count(*) AS n FROM c)"  # noqa: S608
            f" SELECT n.n, p.id, p.v FROM n LEFT JOIN LATERAL (SELECT id, v FROM c WHERE {after} AND n.n <= {COUNT_CAP}"
            f" ORDER BY {self._ordering('id', 'v')} LIMIT {self.wanted:d}) p ON true"
        )
        # A guess of many matches makes reading the whole table look cheap; when they are few after all, it is not.
        rows = self._run(sql, [*params, *after_params], enable_seqscan="off")
        return [(row[1], row[2]) for row in rows if row[1] is not None], int(rows[0][0])

    def along_the_index(self) -> Pairs | None:
        """The page, when it fills within ``WALK`` rows of the order's index (or the order ends there); else None."""
        found: Pairs = []
        left = WALK
        for segment in self._segments():
            column, keyset, params = self._segment(segment)
            sign = "DESC" if self.descending else "ASC"
            ordering = f"{column} {sign}, id {sign}" if segment == "known" else f"id {sign}"
            inner = f"SELECT * FROM {self.table} WHERE {keyset} ORDER BY {ordering} LIMIT {left:d}"  # noqa: S608
            sql, own = self._sql(self.test)
            place = f"FROM {self.table}"
            sql = sql.replace(place, f"FROM ({inner}) {self.table}", 1)
            qualified = ordering.replace("id ", f"{self.table}.id ").replace(f"{column} ", f"{self.table}.{column} ", 1)
            sql += f" ORDER BY {qualified} LIMIT {self.wanted - len(found):d}"
            found += self._run(sql, [*params, *own], enable_bitmapscan="off", enable_sort="off", enable_seqscan="off")
            if len(found) >= self.wanted:
                return found
            walked = self._run(f"SELECT count(*) FROM (SELECT 1 FROM ({inner}) w) w", params)[0][0]  # noqa: S608
            if walked >= left:
                return None
            left -= walked
        return found

    def by_sorting(self) -> Pairs:
        """The page out of all matches."""
        inner, params = self._sql(self.find)
        after, after_params = self._after("id", "v")
        sql = (
            f"WITH c AS MATERIALIZED ({inner}) SELECT id, v FROM c WHERE {after}"  # noqa: S608
            f" ORDER BY {self._ordering('id', 'v')} LIMIT {self.wanted:d}"
        )
        return self._run(sql, [*params, *after_params])

    def _sql(self, rows: models.QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
        """``SELECT id, <order> AS v …`` of a queryset."""
        query = rows.order_by().annotate(v=models.F(self.order.field)).values_list("id", "v").query
        return query.sql_with_params()  # type: ignore[no-any-return]

    def _ordering(self, key: str, value: str) -> str:
        sign = "DESC" if self.descending else "ASC"
        unknown = f"({value} IS NULL) {'DESC' if self.back else 'ASC'}, " if self.nullable else ""
        return f"{unknown}{value} {sign}, {key} {sign}"

    def _after(self, key: str, value: str) -> tuple[str, list[Any]]:
        """The rows beyond the cursor, unknown values beyond all others."""
        if self.at is None:
            return "true", []
        sign = "<" if self.descending else ">"
        if self.at.value is None:
            beyond = f"{value} IS NULL AND {key} {sign} %s"
            return (f"({beyond} OR {value} IS NOT NULL)" if self.back else beyond), [self.at.key]
        row = f"({value}, {key}) {sign} (%s, %s)"
        loose = self.nullable and not self.back
        return (f"({row} OR {value} IS NULL)" if loose else row), [self.at.value, self.at.key]

    def _segments(self) -> list[str]:
        both = ["known", "unknown"] if self.nullable and not self.bounds else ["known"]
        if self.back:
            both.reverse()
        if self.at is not None:
            here = "unknown" if self.at.value is None else "known"
            both = both[both.index(here) :] if here in both else []
        return both

    def _segment(self, segment: str) -> tuple[str, str, list[Any]]:
        """Column, condition and parameters of one range of the order's index, from the cursor on."""
        column = f'"{self.order.field}"'
        here = self.at is not None and (self.at.value is None) == (segment == "unknown")
        sign = "<" if self.descending else ">"
        if segment == "unknown":
            condition = f"{column} IS NULL"
            return column, condition + (f" AND id {sign} %s" if here else ""), [self.at.key] if here and self.at else []
        conditions, params = [f"{column} IS NOT NULL" if self.nullable else "true"], []
        for bound, comparison in zip(self.bounds or (), (">=", "<="), strict=False):
            if bound is not None:
                conditions.append(f"{column} {comparison} %s")
                params.append(bound)
        if here and self.at:
            conditions.append(f"({column}, id) {sign} (%s, %s)")
            params += [self.at.value, self.at.key]
        return column, " AND ".join(conditions), params

    def _run(self, sql: str, params: Sequence[Any], **settings: str) -> list[Any]:
        """Rows of a statement, planned under ``settings``, which are then as they were. No parallel workers: several people ask at once,
        and starting workers costs more than these reads."""
        wanted = {"max_parallel_workers_per_gather": "0", **settings}
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join("current_setting(%s)" for _name in wanted), list(wanted))
            before = dict(zip(wanted, cursor.fetchone(), strict=True))
            self._set(cursor, wanted)
            cursor.execute(sql, params)
            rows = cursor.fetchall()
            # An error needs no clean-up: its transaction is over, and the settings with it.
            self._set(cursor, before)
        return list(rows)

    @staticmethod
    def _set(cursor: Any, settings: dict[str, str]) -> None:
        calls = ", ".join("set_config(%s, %s, true)" for _name in settings)
        cursor.execute(f"SELECT {calls}", [part for pair in settings.items() for part in pair])


def cursor_after(key: UUID, value: Any, order: Order) -> str:
    """The cursor of the page that begins after the row ``key``, whose ``order`` column holds ``value``."""
    return _write((key, value), order, back=False)


def _write(row: tuple[UUID, Any], order: Order, *, back: bool) -> str:
    key, value = row
    plain = value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
    return signing.dumps([order.field, order.descending, back, plain, str(key)], salt=_SALT, compress=True)


def _read(cursor: str, order: Order) -> _At:
    try:
        column, descending, back, value, key = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise Invalid("bad_cursor", _("This cursor is not valid for this list."), field="cursor") from error
    if (column, descending) != (order.field, order.descending):
        raise Invalid("bad_cursor", _("This page marker belongs to another order. Start again."), field="cursor")
    return _At(back, value, UUID(key))
