"""Cells that are words: texts, lists, choices, countries, addresses, dates. Pure; each reader by a field and its column's style."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from prm.core.currencies import read_currency
from prm.core.text import text_key
from prm.imports.fields import FieldSpec, Kind
from prm.imports.rules.blanks import clean_text
from prm.imports.rules.cells import CellError, Read, as_text
from prm.imports.rules.countries import read_country
from prm.imports.rules.dates import DateStyle, read_date
from prm.imports.rules.styles import ColumnStyle

_TRUE = frozenset("yes y true t 1 oui o vrai v x ok ja j si sí s sim verdadero wahr on ✓ ✔ ☑ checked".split())
_FALSE = frozenset("no n false f 0 non faux nein não nao falso falsch off ✗ ✘ ☐ unchecked".split())
_EMAIL = re.compile(r"[^@\s,;<>()\"]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}\Z")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,63}|xn--[\w-]{2,59})\.?(?::\d{1,5})?\Z")
_URL = re.compile(r"(?:(https?):/{0,3})?([^/?#\s]+)([/?#]\S*)?\Z", re.I)
#: An id or a phone number that a spreadsheet took for a number: "5,52101E+13".
_SHORTENED = re.compile(r"\d[.,]\d+E\+\d{1,2}")
_PHONE_BAD = re.compile(r"[^\d+()\-./ \u00a0\u202fextpos:#,]", re.I)


def _text(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    limit = spec.max_length

    def convert(cell: Any) -> Any:
        text = clean_text(cell if type(cell) is str else as_text(cell), one_line=limit <= 300)
        if len(text) > limit:
            return CellError("too_long", {"limit": limit, "length": len(text)})
        if "E+" in text and _SHORTENED.fullmatch(text):
            return CellError("number_shortened")
        return text or None

    return convert


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
        key = (as_text(cell) if type(cell) is not bool else str(cell)).casefold().strip(" .")
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
        text = clean_text(as_text(cell))
        return words.get(text_key(text)) or CellError("not_choice", {"choices": ", ".join(spec.choices)[:300]})

    return convert


def _choices(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    words = _choice_words(spec)

    def convert(cell: Any) -> Any:
        text = clean_text(as_text(cell))
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
        text = clean_text(as_text(cell), one_line=False)
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
        text = clean_text(as_text(cell)).removeprefix("tel:")
        if _SHORTENED.fullmatch(text):
            return CellError("number_shortened")
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
        if not found or not _HOST.match(host) or (not found[1] and "@" in found[2]):  # an e-mail address is no website
            return CellError("not_url")
        url = f"{(found[1] or 'https').lower()}://{found[2]}{found[3] or ''}"
        return (
            url
            if len(url) <= max(spec.max_length, 300)
            else CellError("too_long", {"limit": spec.max_length, "length": len(url)})
        )

    return convert


TEXT_READERS: dict[Kind, Callable[[FieldSpec, ColumnStyle], Read]] = {
    Kind.TEXT: _text,
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
