"""What every kind says of a company's row, by API and in files. A kind adds what is its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from prm.core.money import reporting_currency
from prm.exports.writers import Column
from profiling.studies.models import RunResult

WHO = (
    Column("rank", _("Rank"), lambda r: r.rank, kind="number", width=8),
    Column("company", _("Id"), lambda r: r.company.public_id, width=34),
    Column("company_name", _("Company"), lambda r: r.company.name, width=32),
)
KNOWN = Column("known_share", _("Known"), lambda r: round(r.known_share, 4), kind="percent")


def amount_column(name: str, label: Any) -> Column:
    """An amount of a row, to the cent, with its currency in the head."""

    def amount(result: RunResult) -> Decimal | None:
        value: Decimal | None = getattr(result, name)
        return None if value is None else round(value, 2)

    return Column(name, format_lazy("{} ({})", label, reporting_currency()), amount, kind="decimal")


def potential_columns() -> list[Column]:
    """The range of a potential."""
    return [
        amount_column("p10", _("Potential P10")),
        amount_column("p50", _("Potential P50")),
        amount_column("p90", _("Potential P90")),
    ]


def mark_column(mark: str, label: Any) -> Column:
    """Whether a row bears a mark."""
    return Column(mark, label, lambda r: mark in r.marks, kind="boolean")


MONEY_SHAPE = {
    "type": ["object", "null"],
    "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
    "required": ["amount", "currency"],
}
WHO_SHAPE = {"rank": {"type": "integer"}, "company": {"type": "string"}, "company_name": {"type": "string"}}
KNOWN_SHAPE = {"type": "number", "minimum": 0, "maximum": 1, "description": "Share of the evidence that was known."}
MARKS_SHAPE = {
    "type": "array",
    "items": {"type": "string"},
    "description": "What to beware of. too_little: the row rests on less than half of its evidence;"
    " potential_too_little: its potential does, or on no fact of the company; corrected: by hand.",
}


def who(result: RunResult) -> dict[str, Any]:
    """Rank and company, as the API names them."""
    return {"rank": result.rank, "company": result.company.public_id, "company_name": result.company.name}


def known(result: RunResult) -> float:
    """The share of the evidence that was known."""
    return round(result.known_share, 4)


def amounts(result: RunResult, *names: str) -> dict[str, dict[str, str] | None]:
    """Amounts of a row by their names, in the reporting currency; None where not known."""
    values = {name: getattr(result, name) for name in names}
    return {name: None if value is None else money(value) for name, value in values.items()}


def money(value: Decimal) -> dict[str, str]:
    """An amount in the reporting currency."""
    return {"amount": f"{value:.2f}", "currency": reporting_currency()}
