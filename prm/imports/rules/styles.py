"""How a column writes its values: decimal mark, order of dates, scale, currency; detected from a sample of its cells. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from prm.core.numbers import Number, NumberStyle, number_style, read_number, scale_and_currency
from prm.imports.fields import NUMERIC_KINDS, Kind
from prm.imports.rules.blanks import is_blank
from prm.imports.rules.dates import date_style


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
        # Growth of more than 100 % is seldom, one of less than 1 % too: the kind that most cells are decides.
        points = (has_percent and any(b > 1 for b in bare)) or sum(b > 1 for b in bare) > sum(0 < b < 1 for b in bare)
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
