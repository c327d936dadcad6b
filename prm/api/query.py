"""The query string of a list: filters, words, order, paging, shape. What is unknown or unreadable is refused with 400.

A viewset declares ``filters``::

    filters = (
        Filter("country", Kind.TEXT), Filter("employees", Kind.WHOLE), Filter("created_at", Kind.MOMENT),
        Filter("state", Kind.CHOICE, choices=JobState.values), Filter("partner", Kind.ID, "partner_id", prefix="partner"),
    )

which gives ``country=FR``, ``country[in]=FR,BE``, ``employees[gte]=20``, ``created_at[lt]=2026-05-19T10:00:00Z`` …
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import models
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from prm.api.problems import BadParameter
from prm.core.errors import choose_among
from prm.core.ids import typeid_decode

DEFAULT_LIMIT, MOST = 25, 100
MOST_IN = 100
_SHAPE = ("fields", "expand[]")
_LIST = ("limit", "cursor", "sort", "include")


class Kind(StrEnum):
    """How a filter's text is read, and which comparisons it has."""

    TEXT = "text"
    CODE = "code"
    CHOICE = "choice"
    ID = "id"
    FLAG = "flag"
    WHOLE = "whole"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"


_ORDERED = ("", "gte", "lte", "gt", "lt")
LOOKUPS: Mapping[Kind, Sequence[str]] = {
    Kind.TEXT: ("", "in"),
    Kind.CODE: ("", "in"),
    Kind.CHOICE: ("", "in"),
    Kind.ID: ("", "in"),
    Kind.FLAG: ("",),
    Kind.WHOLE: _ORDERED,
    Kind.NUMBER: _ORDERED,
    Kind.DATE: _ORDERED,
    Kind.MOMENT: _ORDERED,
}


@dataclass(frozen=True)
class Filter:
    """A filter called ``name`` on the column ``field`` (the same unless said), or ``is_column`` False: the selector takes its value.
    ``is_single`` takes one value and no comparison. A code has ``known(actor, codes)``, which of them there are: one that is misspelt is
    refused instead of finding nothing. ``pattern`` is what a text must look like."""

    name: str
    kind: Kind
    field: str = ""
    choices: Collection[str] = ()
    prefix: str = ""
    help: Any = ""
    is_column: bool = True
    is_single: bool = False
    known: Callable[[Any, Sequence[str]], Collection[str]] | None = None
    pattern: str = ""

    @property
    def column(self) -> str:
        return self.field or self.name

    def parameters(self) -> dict[str, str]:
        """Parameter → comparison: ``{"employees": "", "employees[gte]": "gte", …}``."""
        lookups = ("",) if self.is_single else LOOKUPS[self.kind]
        return {f"{self.name}[{lookup}]" if lookup else self.name: lookup for lookup in lookups}

    def read(self, parameter: str, lookup: str, text: str) -> Any:
        """The value, or a list of values for ``in``. Raises BadParameter."""
        if lookup != "in":
            return self._one(parameter, text)
        parts = text.split(",")
        if len(parts) > MOST_IN:
            raise BadParameter(parameter, "too_many", _("At most 100 values."))
        return [self._one(parameter, part) for part in parts]

    def _one(self, parameter: str, text: str) -> Any:
        try:
            value = _READERS[self.kind](text, self)
        except (ValueError, InvalidOperation, OverflowError):
            raise BadParameter(parameter, "unreadable", self._unreadable()) from None
        return value

    def _unreadable(self) -> str:
        return choose_among(self.choices) if self.kind is Kind.CHOICE else _("This value cannot be read.")


def _choice(text: str, spec: Filter) -> str:
    if text not in spec.choices:
        raise ValueError(text)
    return text


def _flag(text: str, spec: Filter) -> bool:
    return {"true": True, "false": False}[text] if text in {"true", "false"} else _fail(text)


def _fail(text: str) -> Any:
    raise ValueError(text)


def _text(text: str, spec: Filter) -> str:
    fits = len(text) <= 300 and (not spec.pattern or re.fullmatch(spec.pattern, text))
    return text if fits else str(_fail(text))


def _whole(text: str, spec: Filter) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise ValueError(text)
    return int(text)


def _number(text: str, spec: Filter) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", text):
        raise ValueError(text)
    return Decimal(text)


def _moment(text: str, spec: Filter) -> datetime:
    value = parse_datetime(text.replace(" ", "+"))
    if value is None or value.tzinfo is None:
        raise ValueError(text)
    return value.astimezone(UTC)


def _key(text: str, spec: Filter) -> UUID:
    return typeid_decode(spec.prefix, text)


_READERS: Mapping[Kind, Any] = {
    Kind.TEXT: _text,
    Kind.CODE: _text,
    Kind.CHOICE: _choice,
    Kind.ID: _key,
    Kind.FLAG: _flag,
    Kind.WHOLE: _whole,
    Kind.NUMBER: _number,
    Kind.DATE: lambda text, spec: date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else _fail(text),
    Kind.MOMENT: _moment,
}


@dataclass(frozen=True)
class ListQuery:
    """What a list was asked for. ``filters`` holds (filter, comparison, value); ``order`` the columns of the sort."""

    filters: Sequence[tuple[Filter, str, Any]] = ()
    q: str = ""
    sort: str = ""
    order: Sequence[str] = ()
    cursor: str = ""
    limit: int = DEFAULT_LIMIT
    count: bool = False

    def value(self, name: str, lookup: str = "", default: Any = None) -> Any:
        """The value of one filter, for selectors that take keywords."""
        for spec, found, value in self.filters:
            if spec.name == name and found == lookup:
                return value
        return default

    def values(self, name: str) -> list[Any]:
        """The values of one filter, whether it was given as one or as several."""
        one = self.value(name)
        return [*self.value(name, "in", []), *([] if one is None else [one])]

    def refuse_unknown_codes(self, actor: Any) -> ListQuery:
        """The query itself. Raises BadParameter for a code that there is not."""
        for spec, lookup, value in self.filters:
            if spec.known is not None:
                asked = value if lookup == "in" else [value]
                known = spec.known(actor, asked)
                for code in asked:
                    if code not in known:
                        name = f"{spec.name}[{lookup}]" if lookup else spec.name
                        raise BadParameter(name, "unknown_code", _("There is no %(code)s.") % {"code": code[:60]})
        return self

    def narrow(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Applies the filters that are columns."""
        own = [entry for entry in self.filters if entry[0].is_column]
        conditions = {f"{spec.column}__{lookup or 'exact'}": value for spec, lookup, value in own}
        return rows.filter(**conditions)


@dataclass(frozen=True)
class Shape:
    """How a record is written: only some ``fields``, with related records ``expand``ed."""

    fields: Sequence[str] = ()
    expand: Sequence[str] = ()

    @property
    def variant(self) -> str:
        """Empty for the plain record."""
        return ",".join(sorted(self.fields)) + ("+" + ",".join(sorted(self.expand)) if self.expand else "")


def read_shape(query: QueryDict, *, fields: Collection[str], expandable: Collection[str]) -> Shape:
    """Reads ``fields`` and ``expand[]``. Raises BadParameter."""
    asked = [name for name in _single(query, "fields").split(",") if name]
    for name in asked:
        if name not in fields:
            raise BadParameter("fields", "unknown", _("There is no field %(name)s.") % {"name": name[:60]})
    expand = list(dict.fromkeys(query.getlist("expand[]")))
    for name in expand:
        if name not in expandable:
            raise BadParameter("expand[]", "unknown", _("%(name)s cannot be expanded.") % {"name": name[:60]})
    return Shape(tuple(dict.fromkeys(asked)), tuple(expand))


def read_list(
    query: QueryDict, *, filters: Sequence[Filter], sorts: Mapping[str, Sequence[str]], default_sort: str, searchable: bool,
    shaped: bool = True,
) -> ListQuery:  # fmt: skip
    """Reads a list's query string; ``shaped`` ones take ``fields`` and ``expand[]``. Raises BadParameter for whatever it does not know."""
    known = {parameter: (spec, lookup) for spec in filters for parameter, lookup in spec.parameters().items()}
    refuse_unknown(query, [*known, *_LIST, *(_SHAPE if shaped else ()), *(["q"] if searchable else [])])
    values = [
        (spec, lookup, spec.read(parameter, lookup, _single(query, parameter)))
        for parameter, (spec, lookup) in known.items()
        if parameter in query
    ]
    sort = _single(query, "sort") or default_sort
    name = sort.removeprefix("-")
    if name not in sorts:
        raise BadParameter("sort", "unknown", _("Sort by one of: %(names)s.") % {"names": ", ".join(sorts)})
    order = [_turned(column) if sort.startswith("-") else column for column in sorts[name]]
    include = _single(query, "include")
    if include not in {"", "total"}:
        raise BadParameter("include", "unknown", _("Only total can be included."))
    words = _single(query, "q")
    if len(words) > 200:
        raise BadParameter("q", "too_long", _("At most 200 characters."))
    return ListQuery(values, words, sort, order, _single(query, "cursor"), _limit(query), include == "total")


def refuse_unknown(query: QueryDict, known: Collection[str]) -> None:
    """Raises BadParameter for a parameter that is not in ``known`` or holds what no text may hold."""
    for name, values in query.lists():
        if name not in known:
            raise BadParameter(name[:100], "unknown", _("There is no such parameter here."))
        if any("\x00" in value or not value.isprintable() for value in values):
            raise BadParameter(name, "unreadable", _("This value cannot be read."))


def _single(query: QueryDict, name: str) -> str:
    values = query.getlist(name)
    if len(values) > 1:
        raise BadParameter(name, "repeated", _("Give this parameter once."))
    return values[0] if values else ""


def _limit(query: QueryDict) -> int:
    if "limit" not in query:
        return DEFAULT_LIMIT
    text = _single(query, "limit")
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST:
        raise BadParameter("limit", "out_of_range", _("A number from 1 to 100."))
    return int(text)


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"
