"""What every kind says of a company's row, by API and in files. A kind adds what is its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

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
POTENTIAL = (
    Column("p10", _("Potential P10"), lambda r: r.p10, kind="decimal"),
    Column("p50", _("Potential P50"), lambda r: r.p50, kind="decimal"),
    Column("p90", _("Potential P90"), lambda r: r.p90, kind="decimal"),
)


MONEY_SHAPE = {
    "type": ["object", "null"],
    "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
    "required": ["amount", "currency"],
}
WHO_SHAPE = {"rank": {"type": "integer"}, "company": {"type": "string"}, "company_name": {"type": "string"}}
KNOWN_SHAPE = {"type": "number", "minimum": 0, "maximum": 1, "description": "Share of the evidence that was known."}
MARKS_SHAPE = {"type": "array", "items": {"type": "string"}, "description": "What to beware of: it rests on too little, say."}


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
