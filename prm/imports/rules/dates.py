"""Reading dates as people write them. Whether 03/04 is April or March is decided per column, and told when nothing decides. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from prm.core.text import text_key

Order = Literal["dmy", "mdy"]

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?\Z")
_YMD = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})(?:[T ].*)?\Z")
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\Z")
_NUMERIC = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})(?:[T ,].*)?\Z")
_DAY_WORD = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})(?:er|st|nd|rd|th|\.|º)?[\s\-/]+(?:de\s+)?([^\W\d]{3,12})\.?,?[\s\-/]+(?:de\s+)?(\d{4}|\d{2})(?:[ T,].*)?\Z"
)
_WORD_DAY = re.compile(r"(?:[^\W\d]+,\s+)?([^\W\d]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})(?:[ T,].*)?\Z")
_SERIAL = re.compile(r"([1-6]\d{4})(?:\.\d+)?\Z")
_PARTIAL = re.compile(r"(?:\d{4}[-/]\d{1,2}|\d{1,2}[-/]\d{4}|\d{4}|[^\W\d]{3,12}\.? \d{4}|[QT][1-4][ -/]?\d{4})\Z", re.I)

_MONTH_WORDS = (
    "january jan janvier janv januar enero gennaio janeiro",
    "february feb fevrier fevr fev februar febrero febbraio fevereiro",
    "march mar mars marz maerz marzo marco mrz",
    "april apr avril avr abril aprile abr",
    "may mai mayo maggio maio",
    "june jun juin juni junio giugno junho",
    "july jul juillet juil juli julio luglio julho",
    "august aug aout agosto ago",
    "september sep sept septembre septiembre settembre setembro",
    "october oct octobre oktober okt octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec decembre dezember dez diciembre dicembre dezembro dic",
)
MONTHS: dict[str, int] = {word: number for number, line in enumerate(_MONTH_WORDS, start=1) for word in line.split()}

#: Day 0 of the 1900 date system of spreadsheets (with its false 29 February 1900 behind us).
_EPOCH = dt.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How a column writes dates. ``sure`` is False when every cell can be read both ways."""

    order: Order = "dmy"
    sure: bool = True
    has_serials: bool = False


def date_style(values: Iterable[str], *, habit: Order | None = None) -> DateStyle:
    """The style of a column from its cells; ``habit`` is the order that other columns of the file prove."""
    day_first = month_first = unsure = serials = seen = 0
    for value in values:
        text = value.strip()
        seen += 1
        if found := _NUMERIC.match(text):
            first, second = int(found[1]), int(found[2])
            if first > 12 >= second:
                day_first += 1
            elif second > 12 >= first:
                month_first += 1
            elif first != second:
                unsure += 1
        elif _SERIAL.match(text):
            serials += 1
    has_serials = serials > seen / 2
    if day_first > month_first:
        return DateStyle("dmy", has_serials=has_serials)
    if month_first > day_first:
        return DateStyle("mdy", has_serials=has_serials)
    return DateStyle(habit or "dmy", sure=not unsure or bool(habit), has_serials=has_serials)


def read_date(raw: str, style: DateStyle) -> dt.date | str:
    """A date, or the code of why it is none: ``not_date``, ``date_impossible``, ``date_partial``, ``date_range``.

    >>> read_date("12 mai 2024", DateStyle())
    datetime.date(2024, 5, 12)
    """
    text = raw.strip().replace("\u00a0", " ").replace("\u202f", " ")
    if found := _ISO.match(text) or _YMD.match(text) or _COMPACT.match(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMERIC.match(text):
        first, second, year = int(found[1]), int(found[2]), _year(found[3])
        day, month = (first, second) if style.order == "dmy" else (second, first)
        return _date(year, month, day)
    if found := _DAY_WORD.match(text):
        month = MONTHS.get(text_key(found[2]), 0)
        return _date(_year(found[3]), month, int(found[1])) if month else "not_date"
    if found := _WORD_DAY.match(text):
        month = MONTHS.get(text_key(found[1]), 0)
        return _date(_year(found[3]), month, int(found[2])) if month else "not_date"
    if style.has_serials and (found := _SERIAL.match(text)):
        return _EPOCH + dt.timedelta(days=int(found[1]))
    return "date_partial" if _PARTIAL.match(text) else "not_date"


def looks_like_date(raw: str) -> bool:
    """Whether a cell reads as a date in either order."""
    return any(isinstance(read_date(raw, DateStyle(order)), dt.date) for order in ("dmy", "mdy"))


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else 2000 + year if year < 70 else 1900 + year


def _date(year: int, month: int, day: int) -> dt.date | str:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return "date_impossible"
    return found if 1800 <= year <= 2200 else "date_range"
