"""How every list pages: the next rows after a known one, however deep, by signed cursors (docs/lists.md).

An order is a list of columns, ended by the primary key so that it is total. Unknown (NULL) sorts last in both directions, and
the cursor carries it. A cursor is signed with its order and cannot be moved to another one.

``keyset_page`` asks one plain statement: right for every table but the longest. ``prm.core.long_tables`` gives the same pages, with the
same cursors, where a million rows are filtered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core import signing
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, ValidationError
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from prm.core.errors import DomainError

_SALT = "prm.core.keyset"
COUNT_CAP = 10_000


class BadCursor(DomainError):
    """The cursor is not one of ours, or belongs to another order."""

    def __init__(self) -> None:
        super().__init__("bad_cursor", _("This cursor is not valid for this list."), field="cursor")


@dataclass(frozen=True)
class KeysetPage:
    """``rows`` of one page; ``next`` and ``previous`` are cursors, empty at the ends. ``total`` is None unless asked."""

    rows: Sequence[Any]
    next: str = ""
    previous: str = ""
    total: int | None = None
    capped: bool = False


@dataclass(frozen=True)
class Place:
    """Where a cursor stands: the values of the order's columns in the row before (``backwards``: after) the page."""

    values: Sequence[Any]
    backwards: bool = False


def keyset_page(
    queryset: models.QuerySet[Any], *, order: Sequence[str], cursor: str = "", limit: int = 25, count: bool = False
) -> KeysetPage:
    """The page of ``queryset`` after ``cursor`` in ``order`` (column names, ``-`` for falling; the key is added).

    ``count`` adds the total, exact up to 10,000. Raises BadCursor.
    """
    columns = total_order(order)
    place = read_cursor(cursor, columns, queryset)
    backwards = place is not None and place.backwards
    rows = queryset.filter(_after(queryset, columns, place.values, backwards)) if place else queryset
    found = list(rows.order_by(*_ordering(queryset, columns, backwards))[: limit + 1])
    total, capped = count_few(queryset) if count else (None, False)

    def values(row: Any) -> list[Any]:
        return [getattr(row, name.lstrip("-")) for name in columns]

    return page_of(found, columns, place, limit=limit, values=values, total=total, capped=capped)


def rows_page(rows: Sequence[Any], *, order: str, cursor: str = "", limit: int = 25, count: bool = False) -> KeysetPage:
    """A page of rows that were reckoned, not read, and never change; ``order`` names how they were put in order. Raises BadCursor."""
    numbered = list(enumerate(rows))
    try:
        direction, named, at = signing.Signer(salt=_SALT).unsign_object(cursor) if cursor else ("n", order, -1)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadCursor from error
    if named != order or not isinstance(at, int):
        raise BadCursor
    place = Place([at], direction == "p") if cursor else None
    found = numbered[at + 1 : at + 2 + limit] if direction == "n" else numbered[max(at - limit - 1, 0) : at][::-1]
    page = page_of(
        found, [order], place, limit=limit, values=lambda entry: [entry[0]], total=len(rows) if count else None, capped=False
    )
    return replace(page, rows=[row for _at, row in page.rows])


def page_of(
    found: list[Any], columns: Sequence[str], place: Place | None, *, limit: int, values: Any, total: int | None, capped: bool
) -> KeysetPage:
    """A page out of ``limit`` + 1 rows in the order of reading; ``values(row)`` gives those of the order's columns."""
    backwards = place is not None and place.backwards
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, more) if backwards else (more, place is not None)
    return KeysetPage(
        rows=found,
        next=write_cursor(columns, values(found[-1])) if found and has_next else "",
        previous=write_cursor(columns, values(found[0]), backwards=True) if found and has_previous else "",
        total=total,
        capped=capped,
    )


def total_order(order: Sequence[str]) -> list[str]:
    """``order`` ended by the key, in the direction of its last column, so that one index serves both."""
    if any(name.lstrip("-") in {"id", "pk"} for name in order):
        return list(order)
    return [*order, "-id" if order and order[-1].startswith("-") else "id"]


def count_few(queryset: models.QuerySet[Any]) -> tuple[int, bool]:
    """How many rows: exact up to 10,000, then (10000, True)."""
    found = queryset.order_by().values("pk")[: COUNT_CAP + 1].count()
    return counted(found)


def counts_sql(asked: Sequence[models.QuerySet[Any]]) -> tuple[str, list[Any]]:
    """One statement that counts the rows of each of them up to 10,001, with its parameters; "" for none at all."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in asked:
        try:
            inner, params = rows.order_by().values_list("pk").query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
        else:
            parts.append(f"(SELECT count(*) FROM ({inner} LIMIT {COUNT_CAP + 1}) c)")  # noqa: S608  SQL of the compiler
            values += params
    return f"SELECT {', '.join(parts)}" if parts else "", values


def count_each(asked: Sequence[models.QuerySet[Any]]) -> list[tuple[int, bool]]:
    """How many rows each of them holds: exact up to 10,000, then (10000, True). One query."""
    sql, values = counts_sql(asked)
    if not sql:
        return []
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, values)
        return [counted(number) for number in cursor.fetchone()]


def counted(number: int) -> tuple[int, bool]:
    """A count that stopped at 10,001 as it is told."""
    return min(number, COUNT_CAP), number > COUNT_CAP


def _ordering(model: Rows, columns: Sequence[str], backwards: bool) -> list[Any]:
    ordering: list[Any] = []
    for name in columns:
        falling = name.startswith("-") != backwards
        column = F(name.lstrip("-"))
        if not is_nullable(model, name):
            ordering.append(column.desc() if falling else column.asc())
        elif backwards:
            ordering.append(column.desc(nulls_first=True) if falling else column.asc(nulls_first=True))
        else:
            ordering.append(column.desc(nulls_last=True) if falling else column.asc(nulls_last=True))
    return ordering


#: What an order is asked of: a table, or a query with what it computes.
Rows = models.QuerySet[Any] | type[models.Model]


def field_of(rows: Rows, name: str) -> Any:
    """The field behind a column of an order, or what an annotation of that name gives."""
    if isinstance(rows, models.QuerySet):
        annotated = rows.query.annotations.get(name.lstrip("-"))
        if annotated is not None:
            return annotated.output_field
        rows = rows.model
    bare = name.lstrip("-")
    return rows._meta.pk if bare == "pk" else rows._meta.get_field(bare)


def is_nullable(rows: Rows, name: str) -> bool:
    """Whether a column of an order may be unknown: an annotation always may. What is generated out of known columns is known."""
    if isinstance(rows, models.QuerySet) and name.lstrip("-") in rows.query.annotations:
        return True
    field = field_of(rows, name)
    return bool(field.null) and not getattr(field, "generated", False)


def _after(model: Rows, columns: Sequence[str], values: Sequence[Any], backwards: bool) -> Q:
    """The rows beyond ``values``: beyond in the first column, or level there and beyond in the next, and so on."""
    beyond, level = Q(pk__in=[]), Q()
    for name, value in zip(columns, values, strict=True):
        column = name.lstrip("-")
        comparison = "lt" if name.startswith("-") != backwards else "gt"
        if value is None:
            # Unknown is last: nothing comes after it in this column, every known value comes before.
            step = Q(**{f"{column}__isnull": False}) if backwards else Q(pk__in=[])
            same = Q(**{f"{column}__isnull": True})
        else:
            step = Q(**{f"{column}__{comparison}": value})
            if is_nullable(model, column) and not backwards:
                step |= Q(**{f"{column}__isnull": True})
            same = Q(**{column: value})
        beyond |= level & step
        level &= same
    first, value = columns[0].lstrip("-"), values[0]
    if value is not None and not is_nullable(model, first):
        # Says again, as one range, what the alternatives say together: Postgres then starts in the middle of the index.
        edge = "lte" if columns[0].startswith("-") != backwards else "gte"
        return Q(**{f"{first}__{edge}": value}) & beyond
    return beyond


def write_cursor(columns: Sequence[str], values: Sequence[Any], *, backwards: bool = False) -> str:
    """The cursor of the page after (before) the row that holds ``values`` in the columns of a total order."""
    plain = [_plain(value) for value in values]
    # Signed without the instant: the same page has the same cursors at any hour, so that an unchanged list is an ETag's 304.
    return signing.Signer(salt=_SALT).sign_object(["p" if backwards else "n", ",".join(columns), *plain])


def _plain(value: Any) -> Any:
    """As JSON, to the last microsecond: a rounded instant would repeat rows or skip them."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def read_cursor(cursor: str, columns: Sequence[str], model: Rows) -> Place | None:
    """Where ``cursor`` stands in a total order of ``model``; None without a cursor. Raises BadCursor."""
    if not cursor:
        return None
    try:
        direction, order, *values = signing.Signer(salt=_SALT).unsign_object(cursor)
        if order != ",".join(columns) or len(values) != len(columns):
            raise BadCursor
        fields = [field_of(model, name) for name in columns]
        read = [f.to_python(v) for f, v in zip(fields, values, strict=True)]
    except (signing.BadSignature, ValueError, TypeError, ValidationError, FieldDoesNotExist) as error:
        raise BadCursor from error
    return Place(read, direction == "p")
