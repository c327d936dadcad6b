"""Pure rules of exports: which cell text is dangerous, how values are written, what a file may be called.

Cells starting with ``= + - @ TAB CR`` are neutralised, since a spreadsheet would run them as formulas.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

#: First characters that a spreadsheet takes for a formula, with their full-width twins.
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")

_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?\Z")
_NOT_IN_FILENAME = re.compile(r"[^A-Za-z0-9._-]+")
#: Control characters that XML 1.0, and therefore XLSX, cannot hold.
_ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet could run ``text`` as a formula. A plain signed number could not do harm and is not."""
    if not text:
        return False
    first = text[0]
    if first not in FORMULA_STARTS:
        if not first.isspace():
            return False
        stripped = text.lstrip()
        return not (not stripped or stripped[0] not in FORMULA_STARTS)
    return not _PLAIN_NUMBER.match(text)


def neutralise(text: str) -> str:
    """``text`` with an apostrophe before it when it looks like a formula; the importer takes it away again."""
    return "'" + text if is_formula_like(text) else text


def csv_value(value: Any, *, decimal_mark: str = ".", places: int | None = None, zone: dt.tzinfo | None = None) -> str:
    """One value as CSV text: unknown is an empty cell; numbers have ``places`` decimals, or every digit that counts and none besides;
    text is neutralised; instants show the clock of ``zone``, or are RFC 3339 without one.

    >>> csv_value(Decimal("-3.50")), csv_value("=1+1"), csv_value(None)
    ('-3.5', "'=1+1", '')
    >>> csv_value(1620000, places=2), csv_value(Decimal("1620000.0000")), csv_value(0.1 + 0.2, decimal_mark=",")
    ('1620000.00', '1620000', '0,3')
    """
    if value is None:
        return ""
    if value is True or value is False:
        return str(_("yes")) if value else str(_("no"))
    if isinstance(value, (int, float, Decimal)):
        return _digits(value, places).replace(".", decimal_mark)
    if isinstance(value, dt.datetime):
        return _on_the_wall(value, zone).isoformat(" ", "seconds") if zone else value.isoformat(timespec="seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return neutralise(" | ".join(csv_value(item) for item in value))
    return neutralise(str(value))


def _digits(value: float | Decimal, places: int | None) -> str:
    if isinstance(value, int) and places is None:
        return str(value)
    # Of a binary fraction fifteen digits are known: the sixteenth and seventeenth are what reckoning left behind.
    number = Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return ""
    number = number.normalize() if places is None else round(number, places)
    return format(number + 0 if number else abs(number), "f")


def xlsx_value(value: Any, *, zone: dt.tzinfo = dt.UTC) -> Any:
    """One value as a spreadsheet cell holds it: numbers and dates stay typed, instants show the clock of ``zone``."""
    if value is None or isinstance(value, (int, Decimal)):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) or value in (float("inf"), float("-inf")) else value
    if isinstance(value, dt.datetime):
        return _on_the_wall(value, zone)
    if isinstance(value, (dt.date, dt.time)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        value = " | ".join(csv_value(item) for item in value)
    return _ILLEGAL_IN_XML.sub("", str(value))[:32767]


def _on_the_wall(value: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """An instant as a clock shows it: worksheets, and people, know no zones."""
    return (value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value).replace(microsecond=0)


def safe_filename(stem: str, extension: str, *, day: dt.date | None = None) -> str:
    """A file name that every system accepts: ASCII letters, digits, ``.``, ``_`` and ``-``; at most 100 characters.

    >>> safe_filename("Sociétés à relancer", "csv", day=dt.date(2026, 5, 19))
    'Societes-a-relancer-2026-05-19.csv'
    """
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = _NOT_IN_FILENAME.sub("-", plain).strip("-.") or "export"
    suffix = (f"-{day.isoformat()}" if day else "") + f".{extension}"
    return plain[: 100 - len(suffix)] + suffix
