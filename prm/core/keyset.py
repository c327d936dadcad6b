"""Keyset paging with signed cursors, for pages and API: the next rows after a known one, however deep.

An order is a list of columns, ended by the primary key so that it is total. Unknown (NULL) sorts last in both directions, and
the cursor carries it. A cursor is signed with its order and cannot be moved to another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.db import models
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


def keyset_page(
    queryset: models.QuerySet[Any], *, order: Sequence[str], cursor: str = "", limit: int = 25, count: bool = False
) -> KeysetPage:
    """The page of ``queryset`` after ``cursor`` in ``order`` (column names, ``-`` for falling; the key is added).

    ``count`` adds the total, exact up to 10,000. Raises BadCursor.
    """
    columns = [*order, "id"] if not any(name.lstrip("-") in {"id", "pk"} for name in order) else list(order)
    backwards, values = _decode(cursor, columns, queryset.model) if cursor else (False, [])
    rows = queryset.filter(_after(queryset.model, columns, values, backwards)) if values else queryset
    found = list(rows.order_by(*_ordering(queryset.model, columns, backwards))[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    has_next, has_previous = (bool(cursor), more) if backwards else (more, bool(cursor))
    total, capped = _count(queryset) if count else (None, False)
    return KeysetPage(
        rows=found,
        next=_encode(columns, found[-1], backwards=False) if found and has_next else "",
        previous=_encode(columns, found[0], backwards=True) if found and has_previous else "",
        total=total,
        capped=capped,
    )


def _count(queryset: models.QuerySet[Any]) -> tuple[int, bool]:
    found = queryset.order_by().values("pk")[: COUNT_CAP + 1].count()
    return min(found, COUNT_CAP), found > COUNT_CAP


def _ordering(model: type[models.Model], columns: Sequence[str], backwards: bool) -> list[Any]:
    ordering: list[Any] = []
    for name in columns:
        falling = name.startswith("-") != backwards
        column = F(name.lstrip("-"))
        if not model._meta.get_field(name.lstrip("-")).null:
            ordering.append(column.desc() if falling else column.asc())
        elif backwards:
            ordering.append(column.desc(nulls_first=True) if falling else column.asc(nulls_first=True))
        else:
            ordering.append(column.desc(nulls_last=True) if falling else column.asc(nulls_last=True))
    return ordering


def _after(model: type[models.Model], columns: Sequence[str], values: Sequence[Any], backwards: bool) -> Q:
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
            if model._meta.get_field(column).null and not backwards:
                step |= Q(**{f"{column}__isnull": True})
            same = Q(**{column: value})
        beyond |= level & step
        level &= same
    first, value = columns[0].lstrip("-"), values[0]
    if value is not None and not model._meta.get_field(first).null:
        # Says again, as one range, what the alternatives say together: Postgres then starts in the middle of the index.
        edge = "lte" if columns[0].startswith("-") != backwards else "gte"
        return Q(**{f"{first}__{edge}": value}) & beyond
    return beyond


def _encode(columns: Sequence[str], row: Any, *, backwards: bool) -> str:
    values = [_plain(getattr(row, name.lstrip("-"))) for name in columns]
    return signing.dumps(["p" if backwards else "n", ",".join(columns), *values], salt=_SALT)


def _plain(value: Any) -> Any:
    """As JSON, to the last microsecond: a rounded instant would repeat rows or skip them."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def _decode(cursor: str, columns: Sequence[str], model: type[models.Model]) -> tuple[bool, list[Any]]:
    try:
        direction, order, *values = signing.loads(cursor, salt=_SALT)
        if order != ",".join(columns) or len(values) != len(columns):
            raise BadCursor
        fields = [model._meta.get_field(name.lstrip("-")) for name in columns]
        return direction == "p", [f.to_python(v) for f, v in zip(fields, values, strict=True)]  # type: ignore[union-attr]
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadCursor from error
