"""Turns the cells of one column into values or coded errors, by the column's kind and its detected style. Pure.

Every converter answers the value, ``None`` for "not known", or a ``CellError``; it never raises and never guesses past its style.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from prm.core.text import text_key
from prm.imports.fields import NUMERIC_KINDS, FieldSpec, Kind
from prm.imports.rules_blanks import clean_text, is_blank
from prm.imports.rules_countries import read_country
from prm.imports.rules_currencies import read_currency
from prm.imports.rules_dates import DateStyle, date_style, read_date
from prm.imports.rules_numbers import Number, NumberStyle, number_style, read_number, scale_and_currency

_TRUE = frozenset("yes y true t 1 oui o vrai v x ok ja j si s sim verdadero wahr on ✓ ✔ ☑ checked".split())
_FALSE = frozenset("no n false f 0 non faux nein não nao falso falsch off ✗ ✘ ☐ unchecked".split())
_EMAIL = re.compile(r"[^@\s,;<>()\"]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}\Z")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,63}|xn--[\w-]{2,59})\.?(?::\d{1,5})?\Z")
_URL = re.compile(r"(?:(https?):/{0,3})?([^/?#\s]+)([/?#]\S*)?\Z", re.I)
_PHONE_BAD = re.compile(r"[^\d+()\-./ \u00a0\u202fextpos:#,]", re.I)
_LIMIT = Decimal(10) ** 15
_MEMO = 20_000


@dataclass(frozen=True, slots=True)
class CellError:
    """Why a cell is refused: a code (``messages.CELL_MESSAGES`` has its words) and what the words need."""

    code: str
    data: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class ColumnStyle:
    """What was detected of one column, or chosen on the page; stored with the import as JSON."""

    decimal_mark: str = "."
    date_order: str = "dmy"
    has_serials: bool = False
    scale: int = 1
    currency: str | None = None
    percent_points: bool = False
    has_codes: bool = False
    unsure: tuple[str, ...] = ()  # "decimal_mark", "date_order": told on the page

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ColumnStyle:
        """From plain values; unknown names are ignored."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        return cls(**{**known, "unsure": tuple(known.get("unsure", ()))})


def column_style(
    values: Sequence[Any],
    kind: Kind,
    head: str = "",
    unit: str = "",
    *,
    decimal_habit: str | None = None,
    date_habit: Any = None,
) -> ColumnStyle:
    """The style of a column from a sample of its cells, its head and its unit."""
    texts = [v.strip() for v in values if isinstance(v, str) and v.strip()]
    plain = [t for t in texts if not is_blank(t, has_codes=True)]
    distinct = list(dict.fromkeys(plain))
    has_codes = bool(distinct) and sum(1 for t in distinct if len(t) <= 3 and t.isalpha() and t.isupper()) >= max(
        2, len(distinct) * 0.6
    )
    if kind is Kind.DATE:
        dates = date_style(distinct, habit=date_habit)
        return ColumnStyle(
            date_order=dates.order,
            has_serials=dates.has_serials,
            has_codes=has_codes,
            unsure=() if dates.sure else ("date_order",),
        )
    if kind not in NUMERIC_KINDS:
        return ColumnStyle(has_codes=has_codes and kind in {Kind.TEXT, Kind.COUNTRY, Kind.CHOICE}, currency=None)
    style = number_style(distinct, habit=decimal_habit)
    if kind in {Kind.LATITUDE, Kind.LONGITUDE} and not style.sure:
        # A position has decimals, and thousands it has not.
        style = NumberStyle("," if any("," in t for t in distinct) else ".")
    scale, currency, has_percent = (1, None, False)
    for text in (unit, head):
        if text:
            found = scale_and_currency(text)
            scale = found[0] if scale == 1 else scale
            currency, has_percent = currency or found[1], has_percent or found[2]
    points = False
    if kind is Kind.PERCENT:
        numbers = [n for n in (read_number(t, style) for t in distinct[:500]) if isinstance(n, Number)]
        numbers += [Number(Decimal(str(v))) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
        bare = [abs(n.value) for n in numbers if not n.is_percent]
        points = (has_percent and any(b > 1 for b in bare)) or (
            bool(bare) and sum(1 for b in bare if b > 1) > len(bare) * 0.2
        )
    if kind not in {Kind.MONEY, Kind.DECIMAL, Kind.INTEGER}:
        scale = 1
    return ColumnStyle(
        decimal_mark=style.decimal_mark,
        scale=scale,
        currency=currency,
        percent_points=points,
        has_codes=False,
        unsure=() if style.sure or kind in {Kind.INTEGER, Kind.YEAR} else ("decimal_mark",),
    )


def converter(spec: FieldSpec, style: ColumnStyle, *, default_currency: str = "EUR") -> Callable[[Any], Any]:
    """A function from a cell (text, or a typed cell of a spreadsheet) to its value, None or ``CellError``. It remembers what it has read,
    since columns repeat themselves. A MONEY field answers (amount, currency or None)."""
    read = _READERS[spec.kind](spec, style)
    extra = frozenset(word.casefold() for word in spec.blank_words)
    has_codes, as_text, required = style.has_codes, spec.as_text, spec.required
    missing = CellError("required")
    memo: dict[Any, Any] = {}

    def convert(cell: Any) -> Any:
        kind = type(cell)
        if cell is None:
            return missing if required else None
        if kind is str:
            try:
                return memo[cell]
            except KeyError:
                pass
            text = cell.strip()
            if not text or (is_blank(text, has_codes=has_codes, extra=extra) and not (as_text and text.isalpha())):
                value = missing if required else None
            elif "\ufffd" in text:
                value = CellError("damaged_text")
            else:
                value = read(text)
                if value is None and required:
                    value = missing
            if len(memo) >= _MEMO:
                memo.clear()
            memo[cell] = value
            return value
        value = read(cell)
        return missing if value is None and required else value

    return convert


def _numbers(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    """Number or error, scaled and bounded; percent points become shares."""
    number = NumberStyle(style.decimal_mark)
    scale, is_share, points = style.scale, spec.kind is Kind.PERCENT, style.percent_points
    low, high = spec.minimum, spec.maximum

    def read(cell: Any) -> Any:
        found = _typed_number(cell) if type(cell) is not str else read_number(cell, number)
        if isinstance(found, str):
            return CellError(found)
        value = found.value
        if is_share:
            if found.is_percent or points:
                value = value / 100
        elif found.is_percent:
            return CellError("percent_unexpected")
        elif scale != 1 and not found.is_scaled:
            value = value * scale
        if value == 0 and spec.zero_is_unknown:
            return None
        if low is not None and value < low:
            return CellError("too_small", {"limit": _plain(low)})
        if high is not None and value > high:
            return CellError("too_large", {"limit": _plain(high)})
        if not -_LIMIT < value < _LIMIT:
            return CellError("too_large", {"limit": "10¹⁵"})
        return Number(value, found.currency)

    return read


def _typed_number(cell: Any) -> Number | str:
    if isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        return "not_number"
    if math.isnan(cell) or cell in (float("inf"), float("-inf")):
        return "not_number"
    return Number(Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell))


def _decimal(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    read = _numbers(spec, style)

    def convert(cell: Any) -> Any:
        found = read(cell)
        return found.value if found.__class__ is Number else found

    return convert


def _integer(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    read = _numbers(spec, style)

    def convert(cell: Any) -> Any:
        if type(cell) is dt.datetime and spec.kind is Kind.YEAR:
            return cell.year
        found = read(cell)
        if found.__class__ is not Number:
            if spec.kind is Kind.YEAR and type(cell) is str:
                day = read_date(cell, DateStyle(style.date_order))  # type: ignore[arg-type]
                return day.year if isinstance(day, dt.date) else CellError("not_year")
            return found
        if found.value != found.value.to_integral_value():
            return CellError("not_whole")
        value = int(found.value)
        if spec.kind is Kind.YEAR and not 1000 <= value <= 2200:
            return CellError("not_year")
        return value

    return convert


def _money(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    read = _numbers(spec, style)

    def convert(cell: Any) -> Any:
        found = read(cell)
        if found.__class__ is not Number:
            return found
        return (found.value, found.currency or style.currency)

    return convert


def _position(bound: int) -> Callable[[FieldSpec, ColumnStyle], Callable[[Any], Any]]:
    def build(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
        read = _numbers(spec, style)

        def convert(cell: Any) -> Any:
            found = read(cell)
            if found.__class__ is not Number:
                return found
            value = float(found.value)
            if not -bound <= value <= bound:
                return CellError("position_range", {"limit": bound})
            return value or None

        return convert

    return build


def _text(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    limit = spec.max_length

    def convert(cell: Any) -> Any:
        text = clean_text(cell if type(cell) is str else _as_text(cell), one_line=limit <= 300)
        if len(text) > limit:
            return CellError("too_long", {"limit": limit, "length": len(text)})
        return text or None

    return convert


def _as_text(cell: Any) -> str:
    """A typed cell as a person would write it: 42.0 is 42, midnight is no time."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return str(cell)


def _date(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    dates = DateStyle(style.date_order, has_serials=style.has_serials)  # type: ignore[arg-type]

    def convert(cell: Any) -> Any:
        if isinstance(cell, dt.datetime):
            return cell.date()
        if isinstance(cell, dt.date):
            return cell
        found = read_date(str(int(cell)) if isinstance(cell, float) else str(cell), dates)
        return CellError(found) if isinstance(found, str) else found

    return convert


def _boolean(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    def convert(cell: Any) -> Any:
        key = (_as_text(cell) if type(cell) is not bool else str(cell)).casefold().strip(" .")
        return True if key in _TRUE else False if key in _FALSE else CellError("not_boolean")

    return convert


def _choice_words(spec: FieldSpec) -> dict[str, str]:
    words = {}
    for value, synonyms in spec.choices.items():
        for word in (value, value.replace("_", " "), *synonyms):
            words[text_key(str(word))] = value
    return words


def _choice(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    words = _choice_words(spec)

    def convert(cell: Any) -> Any:
        text = clean_text(_as_text(cell))
        return words.get(text_key(text)) or CellError("not_choice", {"choices": ", ".join(spec.choices)[:300]})

    return convert


def _choices(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    words = _choice_words(spec)

    def convert(cell: Any) -> Any:
        text = clean_text(_as_text(cell))
        if whole := words.get(text_key(text)):
            return [whole]
        found = []
        for part in re.split(r"[|;,/\n]+", text):
            if not part.strip():
                continue
            value = words.get(text_key(part))
            if value is None:
                return CellError("not_choice", {"choices": ", ".join(spec.choices)[:300], "part": part.strip()[:60]})
            found.append(value)
        return list(dict.fromkeys(found)) or None

    return convert


def _list(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    def convert(cell: Any) -> Any:
        text = clean_text(_as_text(cell), one_line=False)
        marks = r"[|;\n]+" if re.search(r"[|;\n]", text) else r","
        parts = list(dict.fromkeys(" ".join(part.split()) for part in re.split(marks, text) if part.strip()))
        if too_long := next((part for part in parts if len(part) > spec.max_length), None):
            return CellError("too_long", {"limit": spec.max_length, "length": len(too_long)})
        return parts or None

    return convert


def _country(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    def convert(cell: Any) -> Any:
        return read_country(clean_text(str(cell))) or CellError("not_country")

    return convert


def _currency(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    def convert(cell: Any) -> Any:
        return read_currency(str(cell)) or CellError("not_currency")

    return convert


def _email(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    def convert(cell: Any) -> Any:
        text = clean_text(str(cell)).removeprefix("mailto:").strip("<>")
        return text.lower() if len(text) <= 254 and _EMAIL.match(text) else CellError("not_email")

    return convert


def _phone(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    def convert(cell: Any) -> Any:
        text = clean_text(_as_text(cell)).removeprefix("tel:")
        digits = sum(1 for c in text if c.isdigit())
        if digits < 4 or digits > 24 or len(text) > 40 or _PHONE_BAD.search(text):
            return CellError("not_phone")
        return text

    return convert


def _url(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    def convert(cell: Any) -> Any:
        text = clean_text(str(cell)).rstrip(",;")
        # Two addresses in one cell: the first. "https://https:/x.com": the scheme once.
        text = re.split(r"[\s;|]+|,\s*(?=https?:|www\.)", text, maxsplit=1)[0].rstrip(",")
        text = re.sub(r"^(https?:/{0,3})(?:https?:/{0,3})+", r"\1", text, flags=re.I)
        found = _URL.match(text)
        host = found[2].rpartition("@")[2] if found else ""
        if not found or not _HOST.match(host):
            return CellError("not_url")
        url = f"{(found[1] or 'https').lower()}://{found[2]}{found[3] or ''}"
        return (
            url
            if len(url) <= max(spec.max_length, 300)
            else CellError("too_long", {"limit": spec.max_length, "length": len(url)})
        )

    return convert


def _plain(limit: float) -> str:
    return str(int(limit)) if float(limit).is_integer() else str(limit)


_READERS: dict[Kind, Callable[[FieldSpec, ColumnStyle], Callable[[Any], Any]]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.YEAR: _integer,
    Kind.DECIMAL: _decimal,
    Kind.PERCENT: _decimal,
    Kind.MONEY: _money,
    Kind.LATITUDE: _position(90),
    Kind.LONGITUDE: _position(180),
    Kind.DATE: _date,
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.LIST: _list,
    Kind.COUNTRY: _country,
    Kind.CURRENCY: _currency,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.URL: _url,
}
