"""Facts of a company as values: which columns belong to one fact, and how it is kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from prm.partners.facts.noted import WHOLE_ROW
from prm.partners.models import Company

#: Fact → its columns, the first of which says whether it is known. What belongs together has one provenance.
FACT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in (
            "name", "legal_name", "typology", "country", "region", "city", "postal_code", "website", "phone",
            "registration_number", "founded_year", "employees", "sales_people", "engineers", "customers", "growth", "languages",
        )
    },
    "latitude": ("latitude", "longitude"),
    "revenue": ("revenue", "revenue_currency", "revenue_year"),
}  # fmt: skip


def stalest_of(company: Company) -> date | None:
    """The oldest day among the facts that are known."""
    days = [
        noted.as_of
        for fact, noted in company.notes.items()
        if noted.as_of is not None and (fact == WHOLE_ROW or getattr(company, fact, None) is not None)
    ]
    return min(days, default=None)


def as_json(company: Company, fact: str) -> Any:
    """A fact's value as ``CompanyFact`` keeps it: decimals as text, so that no digit is lost; a fact of several columns as an object."""
    found = {column: _plain(getattr(company, column)) for column in FACT_COLUMNS[fact]}
    if len(found) == 1 or found[fact] is None:
        return found[fact]
    return found


def columns_of(fact: str, value: Any) -> dict[str, Any]:
    """A value that ``CompanyFact`` keeps, by column. What was kept as one figure speaks of the first column alone."""
    if isinstance(value, dict) and len(FACT_COLUMNS[fact]) > 1:
        return {column: value.get(column) for column in FACT_COLUMNS[fact]}
    return {fact: value}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
