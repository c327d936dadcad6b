"""How a column writes its values: decimal mark, order of dates, scale, currency; detected from a sample of its cells. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from prm.core.numbers import Number, NumberStyle, number_style, read_number
from prm.core.units import PLAIN, unit_of_column
from prm.imports.fields import NUMERIC_KINDS, Kind
from prm.imports.rules.blanks import is_blank
from prm.imports.rules.dates import date_style

#: Kinds whose head may say in what they are written.
WITH_UNITS = frozenset({Kind.MONEY, Kind.DECIMAL, Kind.INTEGER, Kind.PERCENT})


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
    row: str = ""  # its cell in the row of units, else what a line above the table says of amounts
    asked: str = ""  # words of the head or of that cell that may be a unit and are not known
    unsure: tuple[str, ...] = ()  # "decimal_mark", "date_order": told on the page; "unit": asked, and the check waits for it

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ColumnStyle:
        """From plain values; unknown names are ignored."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        return cls(**{**known, "unsure": tuple(known.get("unsure", ()))})

    def fixed(self, said: Mapping[str, Any]) -> ColumnStyle:
        """As a person said it. What was said of the unit holds for its cell in the row of units: the next file's may say another."""
        told = dict(said)
        if told.pop("row", "") != self.row:
            told.pop("scale", None), told.pop("currency", None)
        answered = {*told, *(["unit"] if "scale" in told else [])}
        return ColumnStyle.from_json(
            {**self.as_json(), **told, "unsure": tuple(name for name in self.unsure if name not in answered)}
        )


def column_style(
    values: Sequence[Any],
    kind: Kind,
    head: str = "",
    unit: str = "",
    *,
    decimal_habit: str | None = None,
    date_habit: Any = None,
    names: Collection[str] = (),
    above: str = "",
) -> ColumnStyle:
    """The style of a column from a sample of its cells, its head, its cell in the row of units, and the text keys that mean its field.

    ``above``: what a line above the table says of amounts. It may mean this column or another one: of an amount that says nothing itself
    it is asked.
    """
    texts = [v.strip() for v in values if isinstance(v, str) and v.strip()]
    plain = [t for t in texts if not is_blank(t, has_codes=True)]
    distinct = list(dict.fromkeys(plain))
    has_codes = bool(distinct) and sum(1 for t in distinct if len(t) <= 3 and t.isalpha() and t.isupper()) >= max(
        2, len(distinct) * 0.6
    )
    if kind is Kind.DATE:
        days = [str(int(v)) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
        dates = date_style([*distinct, *dict.fromkeys(days)], habit=date_habit)
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
    (scale, currency, has_percent), asked = PLAIN, ""
    if kind in WITH_UNITS:
        (scale, currency, has_percent), asked = unit_of_column(head, unit, names=names, is_money=kind is Kind.MONEY)
    if kind is Kind.MONEY and above and not asked and scale == 1 and not unit and not _says_its_scale(distinct, style):
        asked = unit = above
    points = False
    if kind is Kind.PERCENT:
        numbers = [n for n in (read_number(t, style) for t in distinct[:500]) if isinstance(n, Number)]
        numbers += [Number(Decimal(str(v))) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
        bare = [abs(n.value) for n in numbers if not n.is_percent]
        # Growth of more than 100 % is seldom, one of less than 1 % too: the kind that most cells are decides.
        points = (has_percent and any(b > 1 for b in bare)) or sum(b > 1 for b in bare) > sum(0 < b < 1 for b in bare)
    if kind is Kind.PERCENT:
        scale, asked = 1, ""
    unsure = [] if style.sure or kind in {Kind.INTEGER, Kind.YEAR} else ["decimal_mark"]
    return ColumnStyle(
        decimal_mark=style.decimal_mark,
        scale=scale,
        currency=currency,
        percent_points=points,
        has_codes=False,
        row=unit,
        asked=asked,
        unsure=(*unsure, *(["unit"] if asked else [])),
    )


def _says_its_scale(texts: Sequence[str], style: NumberStyle) -> bool:
    """Whether most cells tell themselves what they are multiplied by."""
    scaled = [isinstance(n, Number) and n.is_scaled for n in (read_number(t, style) for t in texts[:500])]
    return bool(scaled) and sum(scaled) * 2 >= len(scaled)
