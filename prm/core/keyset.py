"""Paging by keyset: a page begins after the last row of the one before, however deep, in one range of an index.

An order is one column and the key. Rows without a value come last in both directions, as a range of their own (an index on
(column, id) serves both). Cursors carry the value, the null flag and the key, and are signed: a changed one is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db import models
from django.db.models import F, Field, Func, Value
from django.utils.translation import gettext as _

from prm.core.errors import Invalid

M = TypeVar("M", bound=models.Model)
_SALT = "prm.core.keyset"


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by ``field`` (with an index on (field, id)), then by key. ``nullable``: it may be unknown; those come last."""

    field: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[M]):
    """The rows of a page, and cursors to its neighbours ("" at the ends)."""

    rows: list[M]
    next: str
    previous: str


class _RowCompare(Func):
    """``(field, id) > (value, id)`` as one row comparison, which an index answers as one range."""

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, field: str, operator: str, value: Any, key: Any, *, value_field: Field[Any, Any]) -> None:
        super().__init__(F(field), F("pk"), Value(value, output_field=value_field), Value(key, output_field=models.UUIDField()))
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, **options: Any) -> tuple[str, list[Any]]:
        parts, parameters = zip(*(compiler.compile(e) for e in self.source_expressions), strict=True)
        sql = f"({parts[0]}, {parts[1]}) {self.operator} ({parts[2]}, {parts[3]})"
        return sql, [p for group in parameters for p in group]


def keyset_page(queryset: models.QuerySet[M], order: Order, *, cursor: str = "", limit: int = 50) -> KeysetPage[M]:
    """One page of ``queryset`` (unordered) of at most ``limit`` rows.

    Raises Invalid (``cursor``) for a cursor that was changed or belongs to another order.
    """
    at = _read(cursor, order) if cursor else None
    backwards = at is not None and at["back"]
    found = _walk(queryset, order, at, backwards, limit + 1)
    more = len(found) > limit
    rows = found[:limit][::-1] if backwards else found[:limit]
    has_next = more if not backwards else True
    has_previous = (at is not None) if not backwards else more
    return KeysetPage(
        rows,
        next=_write(rows[-1], order, back=False) if rows and has_next else "",
        previous=_write(rows[0], order, back=True) if rows and has_previous else "",
    )


def keyset_window(queryset: models.QuerySet[M], order: Order, *, cursor: str = "", width: int) -> models.QuerySet[M]:
    """The ``width`` rows that follow ``cursor`` in the order's index, not yet read: a place to look for sparse matches in."""
    at = _read(cursor, order) if cursor else None
    segment = "unknown" if at is not None and at["null"] else "known"
    return _segment(queryset, order, segment, at, at is not None and at["back"])[:width]


def _walk(
    queryset: models.QuerySet[M], order: Order, at: dict[str, Any] | None, backwards: bool, wanted: int
) -> list[M]:
    """Up to ``wanted`` rows after ``at``, through the known values and then the unknown ones (or the other way round)."""
    segments = ["known", "unknown"] if order.nullable else ["known"]
    if backwards:
        segments.reverse()
    reached = ("unknown" if at["null"] else "known") if at is not None else segments[0]
    rows: list[M] = []
    for segment in segments[segments.index(reached) :]:
        part = _segment(queryset, order, segment, at if segment == reached else None, backwards)
        rows += list(part[: wanted - len(rows)])
        if len(rows) >= wanted:
            break
    return rows


def _segment(
    queryset: models.QuerySet[M], order: Order, segment: str, at: dict[str, Any] | None, backwards: bool
) -> models.QuerySet[M]:
    if segment == "unknown":
        part = queryset.filter(**{f"{order.field}__isnull": True})
        if at is not None:
            part = part.filter(**{"pk__lt" if backwards else "pk__gt": at["id"]})
        return part.order_by("-pk" if backwards else "pk")
    part = queryset.filter(**{f"{order.field}__isnull": False}) if order.nullable else queryset
    descending = order.descending != backwards
    if at is not None:
        field = queryset.model._meta.get_field(order.field)
        operator = "<" if descending else ">"
        part = part.filter(_RowCompare(order.field, operator, at["value"], at["id"], value_field=field))
    sign = "-" if descending else ""
    return part.order_by(f"{sign}{order.field}", f"{sign}pk")


def _write(row: models.Model, order: Order, *, back: bool) -> str:
    value = getattr(row, order.field)
    plain = value.isoformat() if isinstance(value, date | datetime) else str(value) if isinstance(value, Decimal) else value
    return signing.dumps([order.field, order.descending, back, plain, str(row.pk)], salt=_SALT, compress=True)


def _read(cursor: str, order: Order) -> dict[str, Any]:
    try:
        field, descending, back, value, key = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise Invalid("cursor", _("This page marker is not valid. Start again from the first page."), field="cursor") from error
    if (field, descending) != (order.field, order.descending):
        raise Invalid("cursor", _("This page marker belongs to another order. Start again from the first page."), field="cursor")
    return {"back": back, "null": value is None, "value": value, "id": UUID(key)}
