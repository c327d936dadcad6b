"""The chart of a partner's sales shows what its title says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from prm.partners.profile.company import sales_chart
from prm.partners.selectors.company import SalesMonth

TODAY = date(2026, 11, 20)


def test_the_family_that_the_title_names_is_drawn_even_when_others_are_larger() -> None:
    months = [SalesMonth(date(year, 3, 1), family, Decimal(amount)) for family, *years in (
        ("Firewall", 90_000, 90_000), ("Switching", 60_000, 50_000), ("Wi-Fi", 40_000, 30_000), ("SD-WAN", 1_000, 20_000),
    ) for year, amount in zip((2025, 2026), years, strict=True)]  # fmt: skip
    chart = sales_chart(months, today=TODAY, currency="EUR")
    assert chart is not None
    assert chart.title == "SD-WAN grew most"
    assert [series["name"] for series in chart.data["series"]] == ["Firewall", "SD-WAN", "Other"]
    assert "€k" in chart.about
