"""Reading numbers as people write them: "1 234,5", "18.3 MM", "1,2 M€", "€ 3.4bn", "12k", "(1 200)", "45 %". Pure. What stands around
the digits is ``prm.core.units``'s.

What a comma means cannot be told from one cell ("1,234"); ``number_style`` decides per column from all cells seen, and says
when nothing decides. ``read_number`` then reads one cell by that style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from prm.core.units import THOUSANDS, Unit, read_unit

#: Every sign used to part thousands by a space or an apostrophe.
_SPACES = "\u00a0\u202f\u2009\u2007\u2002\u2003\u200a"
_SPACE_TABLE = str.maketrans(dict.fromkeys(_SPACES, " ") | dict.fromkeys("’ʼ´`‘", "'") | dict.fromkeys("−‒–—﹣－", "-"))
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?\Z")
_NUMBER = re.compile(r"\d[\d .,'_]*(?:[eE](?:-\d{1,2}|\+?\d{1,4})(?!\w))?|[.,]\d+")
#: The plain majority, "12,5 M€" and "123 456": the digits, the decimals, a unit without digits, brackets or signs.
_USUAL = {
    mark: re.compile(rf"([1-9]\d{{0,2}}(?: \d\d\d){{1,4}}|\d{{1,12}})(?:{re.escape(mark)}(\d{{1,2}}))?( ?[^\W\d_]*[€$£%]?)\Z")
    for mark in ".,"
}
_RANGE = re.compile(
    r"\d\s*(?:-|to|à|a|bis|/|\.\.+)\s*\d|\d\s*\+\s*\Z|[<>≤≥]|\b(?:plus de|moins de|more than|less than|over|under|up to|jusqu)",
    re.I,
)
_ABOUT = re.compile(
    r"^(?:~|≈|±|\+/-|environ|env\.?|circa|ca\.?|about|approximately|approx\.?|around|roughly|plus ou moins|à peu près)\s*",
    re.I,
)
#: Money of several countries by one word.
_KRONER = re.compile(r"\s*(?:kr\.?|kroner|couronnes?)\s*", re.I)
_COMMA_DECIMAL = re.compile(r"\d,(?:\d{1,2}|\d{4,})(?!\d)|\d[. ']\d{3},\d|^\D*0,\d|\.\d{3}\.\d{3}")
_POINT_DECIMAL = re.compile(r"\d\.(?:\d{1,2}|\d{4,})(?!\d)|\d[, ']\d{3}\.\d|^\D*0\.\d|,\d{3},\d{3}")
_UNSURE = re.compile(r"(?<!\d)[1-9]\d{0,2}[.,]\d{3}(?![\d.,])")


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a column writes numbers. ``sure`` is False when no cell decided and the file's habit was taken."""

    decimal_mark: str = "."
    sure: bool = True


class Number(NamedTuple):
    """A number read: its value after scaling, the ISO currency named beside it, and whether a per cent sign was."""

    value: Decimal
    currency: str | None = None
    is_percent: bool = False
    is_scaled: bool = False


def number_style(values: Iterable[str], *, habit: str | None = None) -> NumberStyle:
    """The style of a column from its cells. ``habit`` is the decimal mark that the rest of the file uses, if known."""
    comma = point = unsure_comma = unsure_point = 0
    for value in values:
        text = value.translate(_SPACE_TABLE)
        if "," not in text and "." not in text:
            continue
        if _COMMA_DECIMAL.search(text):
            comma += 1
        elif _POINT_DECIMAL.search(text):
            point += 1
        elif _UNSURE.search(text):
            if "," in text:
                unsure_comma += 1
            else:
                unsure_point += 1
    if comma > point:
        return NumberStyle(",")
    if point > comma:
        return NumberStyle(".")
    if not (unsure_comma or unsure_point):
        return NumberStyle(habit or ".")
    if habit:
        return NumberStyle(habit, sure=False)
    # "1,234" alone: three digits after every mark is far more often a thousand than three decimals.
    return NumberStyle("." if unsure_comma >= unsure_point else ",", sure=False)


def has_decimal_evidence(values: Iterable[str]) -> str | None:
    """The decimal mark that cells of this column prove, or None."""
    style = number_style(values)
    return style.decimal_mark if style.sure and any("," in v or "." in v for v in values) else None


def read_number(raw: str, style: NumberStyle) -> Number | str:
    """A number, or the code of why it is none: ``not_number``, ``number_range``, ``number_currency``,
    ``number_grouping``, ``number_several``.

    >>> read_number("(1 200)", NumberStyle())
    Number(value=Decimal('-1200'), currency=None, is_percent=False, is_scaled=False)
    """
    if style.decimal_mark == "." and _PLAIN.match(raw):
        return Number(Decimal(raw))
    text = raw.translate(_SPACE_TABLE).strip()
    if usual := _USUAL[style.decimal_mark].match(text):
        whole, fraction, after = usual.groups()
        unit = read_unit(after)
        if unit is not None:
            return _scaled(Decimal(whole.replace(" ", "") + (f".{fraction}" if fraction else "")), unit)
    return _read_unusual(text, style)


def _read_unusual(text: str, style: NumberStyle) -> Number | str:
    text = THOUSANDS.sub(" k ", _ABOUT.sub("", text)) if "'" in text else _ABOUT.sub("", text)
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    found = _NUMBER.search(text)
    if not found:
        return "not_number"
    digits = found.group().rstrip(" .,'_")
    before, after = text[: found.start()], text[found.start() + len(digits) :]
    if before.rstrip().endswith("(") and after.lstrip().startswith(")"):
        negative = not negative
    before, sign_before = _take_sign(before)
    if sign_before:
        negative = not negative
    if after.rstrip().endswith("-") and not before.strip():
        negative, after = not negative, after.rstrip()[:-1]
    if _RANGE.search(text):
        return "number_range"
    if "-" in before:
        return "not_number"
    if any(c.isdigit() for c in after) or any(c.isdigit() for c in before):
        return "number_several"
    value = _digits_to_decimal(digits, style.decimal_mark)
    if value is None:
        return "number_grouping"
    unit = read_unit(f"{before} {after}")
    if unit is None:
        return "number_currency" if _KRONER.fullmatch(before) or _KRONER.fullmatch(after) else "not_number"
    return _scaled(-value if negative else value, unit)


def _scaled(value: Decimal, unit: Unit) -> Number:
    scale, currency, is_percent = unit
    if scale != 1:
        value = (value * scale).normalize()
        # Beyond 20 digits it is refused as too large anyhow, and cannot be written out.
        value = value.quantize(Decimal(1)) if value.adjusted() < 20 and value == value.to_integral_value() else value
    return Number(value, currency, is_percent, scale != 1)


def _take_sign(before: str) -> tuple[str, bool]:
    stripped = before.rstrip()
    if stripped.endswith("-"):
        return stripped[:-1], True
    if before.lstrip().startswith("-"):
        return before.lstrip()[1:], True
    return (stripped[:-1], False) if stripped.endswith("+") else (before, False)


def _digits_to_decimal(digits: str, mark: str) -> Decimal | None:
    """Digits with separators → Decimal; None when the groups are not of three. The other style is taken when only it fits."""
    for decimal_mark in (mark, "," if mark == "." else "."):
        grouping = "," if decimal_mark == "." else "."
        whole, found, fraction = digits.partition(decimal_mark)
        if decimal_mark in fraction or grouping in fraction or " " in fraction or "'" in fraction:
            continue
        groups = re.split(rf"[ '_{grouping}]", whole)
        if any(not g for g in groups) and whole:
            continue
        if len(groups) > 1 and not _good_groups(groups):
            continue
        if decimal_mark != mark and found and len(fraction) == 3 and len(groups) == 1 and whole not in {"0", ""}:
            continue
        try:
            return Decimal(("".join(groups) or "0") + (f".{fraction}" if fraction else ""))
        except ArithmeticError:
            continue
    return None


def _good_groups(groups: list[str]) -> bool:
    if len(groups[-1]) != 3 or not 1 <= len(groups[0]) <= 3 or groups[0][0] == "0":
        return False
    middle = groups[1:-1]
    return all(len(g) == 3 for g in middle) or (all(len(g) == 2 for g in middle) and len(groups[0]) <= 2)
