"""Filters of a list: read from the URL, shown as chips, edited in small forms. What they mean to the rows is
the selector's business.

Each kind says which parameters it owns (``params``), what its value is (``read``) and how a chip words it (``words``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from prm.core.errors import Invalid
from prm.ui import formats
from prm.ui.figures import figure_typed

Choices = Sequence[tuple[str, Any]] | Callable[[], Iterable[tuple[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The base: ``key`` is its name in the URL and in ``ListState.values``."""

    key: str
    label: Any
    template: str = ""

    @property
    def params(self) -> tuple[str, ...]:
        """The names it owns in the query string."""
        return (self.key,)

    def read(self, query: QueryDict) -> Any:
        """Its value, or None when the URL says nothing (or nonsense)."""
        raise NotImplementedError

    def words(self, value: Any) -> str:
        """The value as a chip says it."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class TextFilter(Filter):
    """A word or its beginning."""

    template: str = "ui/filters/text.html"

    def read(self, query: QueryDict) -> str | None:
        return query.get(self.key, "").strip()[:200] or None

    def words(self, value: str) -> str:
        return formats.quoted(value)


@dataclass(frozen=True, kw_only=True)
class ChoiceFilter(Filter):
    """One or several of a list; the value is a tuple of keys. Keys that are not in the list are dropped."""

    choices: Choices
    multiple: bool = True
    template: str = "ui/filters/choice.html"

    def options(self) -> list[tuple[str, Any]]:
        return [(str(key), label) for key, label in (self.choices() if callable(self.choices) else self.choices)]

    def read(self, query: QueryDict) -> tuple[str, ...] | None:
        asked = [key for key in query.getlist(self.key) if key]
        if not asked:
            return None
        known = {key for key, _label in self.options()}
        chosen = tuple(dict.fromkeys(key for key in asked if key in known))
        return (chosen if self.multiple else chosen[:1]) or None

    def words(self, value: tuple[str, ...]) -> str:
        labels = {key: str(label) for key, label in self.options()}
        named = [labels.get(key, key) for key in value]
        return named[0] + (f" +{len(named) - 1}" if len(named) > 1 else "") if len(named) != 2 else ", ".join(named)


@dataclass(frozen=True, kw_only=True)
class RangeFilter(Filter):
    """From, to or both; the value is (low, high) of Decimals, None for an open end. ``unit`` is written beside the fields."""

    unit: Any = ""
    step: str = "any"
    currency: str = ""
    template: str = "ui/filters/range.html"

    @property
    def params(self) -> tuple[str, ...]:
        return (f"{self.key}_min", f"{self.key}_max")

    def read(self, query: QueryDict) -> tuple[Decimal | None, Decimal | None] | None:
        low, high = (_decimal(query.get(name, "")) for name in self.params)
        return None if low is None and high is None else (low, high)

    def words(self, value: tuple[Decimal | None, Decimal | None]) -> str:
        low, high = ((self._figure(v) if v is not None else None) for v in value)
        if low is not None and high is not None:
            return f"{low}–{high}"
        return f"≥ {low}" if high is None else f"≤ {high}"

    def _figure(self, value: Decimal) -> str:
        if self.currency:
            return formats.money(value, self.currency, short=True)
        unit = str(self.unit)
        return formats.number(value, None) + (
            f"{formats.THIN}{unit}" if unit == "%" else f"{formats.NBSP}{unit}" if unit else ""
        )


@dataclass(frozen=True, kw_only=True)
class DateFilter(Filter):
    """From a day, to a day, or both; the value is (low, high) of dates."""

    template: str = "ui/filters/dates.html"

    @property
    def params(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def read(self, query: QueryDict) -> tuple[date | None, date | None] | None:
        low, high = (_date(query.get(name, "")) for name in self.params)
        return None if low is None and high is None else (low, high)

    def words(self, value: tuple[date | None, date | None]) -> str:
        low, high = value
        if low and high:
            return f"{formats.day(low)} – {formats.day(high)}"
        return _("from %(day)s") % {"day": formats.day(low)} if low else _("until %(day)s") % {"day": formats.day(high)}


@dataclass(frozen=True, kw_only=True)
class FlagFilter(Filter):
    """Yes or no; the value is True or False."""

    yes: Any = field(default="")
    no: Any = field(default="")
    template: str = "ui/filters/flag.html"

    def read(self, query: QueryDict) -> bool | None:
        return {"yes": True, "no": False}.get(query.get(self.key, ""))

    def words(self, value: bool) -> str:
        return str((self.yes or _("yes")) if value else (self.no or _("no")))


def _decimal(text: str) -> Decimal | None:
    """A figure typed in either language; nonsense is no figure."""
    try:
        return figure_typed(text).value if text.strip() else None
    except Invalid:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
