"""The arithmetic of sales over time: spans of days and months, and what a set of figures says. Pure: ``today`` is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

Span = tuple[date, date]


@dataclass(frozen=True)
class Spans:
    """Stretches of days, both ends included. ``quarter``: this one so far; ``quarter_before``: the same days a year ago,
    and the ``_whole`` quarter then; ``year``: the last 365 days; ``lately``: the last 90."""

    quarter: Span
    quarter_before: Span
    quarter_before_whole: Span
    year: Span
    year_before: Span
    lately: Span
    lately_before: Span

    @property
    def first(self) -> date:
        """The earliest day that any of them needs."""
        return min(start for start, _end in (self.quarter_before_whole, self.year_before, self.lately_before))

    @property
    def quarter_number(self) -> int:
        return (self.quarter[0].month - 1) // 3 + 1


def spans_of(today: date) -> Spans:
    """The spans that end today."""
    start = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    ends = date(today.year + start.month // 10, (start.month + 2) % 12 + 1, 1) - timedelta(days=1)
    year, ninety = timedelta(days=365), timedelta(days=90)
    return Spans(
        quarter=(start, today),
        quarter_before=(year_ago(start), year_ago(today)),
        quarter_before_whole=(year_ago(start), year_ago(ends)),
        year=(today - year + timedelta(days=1), today),
        year_before=(today - 2 * year + timedelta(days=1), today - year),
        lately=(today - ninety + timedelta(days=1), today),
        lately_before=(today - year - ninety + timedelta(days=1), today - year),
    )


def year_ago(day: date) -> date:
    """The same day of the year before; 29 February becomes the 28th."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def month_back(today: date, months: int) -> date:
    """The first day of the month so many months ago; of this month with 0."""
    index = today.year * 12 + today.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def months_back(today: date, months: int) -> list[date]:
    """The first days of the last ``months`` whole months, oldest first; the month of today is not whole yet."""
    return [month_back(today, ago) for ago in range(months, 0, -1)]


def change(now: Decimal | float, before: Decimal | float) -> float | None:
    """(now − before) / before; None where there is nothing to compare with."""
    return float(now) / float(before) - 1 if before else None


def is_whole_year(first: date | None, start: date) -> bool:
    """Whether somebody who first bought on ``first`` did so through the whole twelve months from ``start`` on: in their first
    month at the latest. A year in part compares with nothing."""
    return first is not None and first < month_back(start, -1)


def leaders(families: Mapping[str, Sequence[Decimal]]) -> tuple[str, str]:
    """The family that sold most in the last half of the months, and the one that did in the first half; "" without sales."""

    def first(part: slice) -> str:
        total = {name: sum(values[part], Decimal(0)) for name, values in families.items()}
        best = max(total, key=lambda name: (total[name], name), default="")
        return best if best and total[best] > 0 else ""

    half = len(next(iter(families.values()), ())) // 2
    return first(slice(half, None)), first(slice(0, half))


def risen_most(families: Mapping[str, Sequence[Decimal]]) -> tuple[str, float, float]:
    """The family whose share of all sales rose most from the first half of the months to the second, with both shares."""
    half = len(next(iter(families.values()), ())) // 2
    before = {name: sum(values[:half], Decimal(0)) for name, values in families.items()}
    after = {name: sum(values[half:], Decimal(0)) for name, values in families.items()}
    whole_before, whole_after = sum(before.values()), sum(after.values())
    if not whole_before or not whole_after:
        return "", 0.0, 0.0
    share = {name: (float(before[name] / whole_before), float(after[name] / whole_after)) for name in families}
    best = max(share, key=lambda name: (share[name][1] - share[name][0], name))
    return best, *share[best]


def five_largest(amounts: Sequence[Decimal]) -> float | None:
    """The share of the five largest in the sum, 0 to 1; None without any."""
    whole = sum(amounts, Decimal(0))
    return float(sum(sorted(amounts, reverse=True)[:5], Decimal(0)) / whole) if whole > 0 else None


def moved(values: Sequence[Decimal]) -> float | None:
    """How the second half of some months compares with the first; None when the first half sold nothing."""
    half = len(values) // 2
    return change(sum(values[half:], Decimal(0)), sum(values[:half], Decimal(0)))
