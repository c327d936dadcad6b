"""What a partner may propose of its company, checked as values before anybody decides (``FactProposal``)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from prm.core.errors import Invalid
from prm.partners.facts.values import FACT_COLUMNS, columns_of
from prm.partners.models import Company
from prm.partners.rules.websites import domain_of

#: The part of ``FactProposal.field`` that says: a share of its customers.
MIX = "mix."
VENDORS = "vendors"


@dataclass(frozen=True)
class ProposalSource:
    """Where proposed facts come from. ``key`` is stable: ``questionnaire:<id of the round>``, ``partner:<partner id>``."""

    kind: str
    name: str
    key: str


def proposed_value(field: str, value: Any) -> Any:
    """``value`` as a proposal keeps it, None for nothing. Raises Invalid with the field for what such a fact cannot be."""
    if value in (None, "", [], {}):
        return None
    if field == VENDORS:
        if not isinstance(value, list) or not all(isinstance(code, str) and code for code in value):
            raise Invalid("invalid_value", _("Vendors are given by their codes."), field=field)
        return list(dict.fromkeys(value))
    if field.startswith(MIX):
        return _share(field, value)
    if field not in FACT_COLUMNS:
        raise Invalid("unknown_field", _("There is no fact of this name."), field=field)
    columns, fresh = columns_of(field, value), Company()
    if columns.get("revenue") is not None and not columns.get("revenue_currency"):
        raise Invalid("currency_missing", _("Say in which currency the revenue is."), field=field)
    try:
        for column, part in columns.items():
            column_field: Any = Company._meta.get_field(column)
            setattr(fresh, column, column_field.clean(part, fresh))
    except ValidationError as error:
        raise Invalid("invalid_value", error.messages[0], field=field) from error
    if fresh.website and not domain_of(fresh.website):
        raise Invalid("not_url", _("This is not an address on the web."), field=field)
    plain = {column: _plain(getattr(fresh, column)) for column in columns}
    if (
        any(isinstance(part, int | float | Decimal) and part < 0 for part in (getattr(fresh, c) for c in columns))
        and field != "growth"
    ):
        raise Invalid("invalid_value", _("This cannot be below 0."), field=field)
    return plain if len(plain) > 1 else plain[field]


def is_proposable(field: str, value: Any) -> bool:
    """Whether a value can be that fact at all."""
    try:
        return proposed_value(field, value) is not None
    except Invalid:
        return False


def _share(field: str, value: Any) -> str:
    try:
        share = Decimal(str(value))
    except InvalidOperation as error:
        raise Invalid("invalid_value", _("A share is a number from 0 to 1."), field=field) from error
    if not 0 <= share <= 1:
        raise Invalid("invalid_value", _("A share is a number from 0 to 1."), field=field)
    return str(share.normalize())


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
