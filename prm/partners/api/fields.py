"""Fields of partner records that may be unknown: null in, null out, never 0."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from prm.api.fields import MoneyField, NumberField, TextField, money_text
from prm.core.validation import known_country, known_currency


class ShareField(NumberField):
    """A share or a rate as a JSON number (0.061 = 6.1 %), exact to four decimals inside."""

    def to_internal_value(self, data: Any) -> Any:
        return Decimal(str(super().to_internal_value(data)))


class KnownMoneyField(MoneyField):
    """Money of two columns of a record; null when the amount is not known. ``minimum`` 0 refuses what is below."""

    default_error_messages = {"min_value": _("Money here is 0 or more.")}

    def __init__(self, *, minimum: int | None = None, **options: Any) -> None:
        self.minimum = minimum
        super().__init__(**{"required": False, "allow_null": True, "default": None, **options})

    def get_default(self) -> Any:
        return {self.amount: None, self.currency: None}

    def to_internal_value(self, data: Any) -> Any:
        if data is None:
            return {self.amount: None, self.currency: None}
        value = super().to_internal_value(data)
        if self.minimum is not None and value[self.amount] < self.minimum:
            self.fail("min_value")
        return value


class PriceField(MoneyField):
    """One of several prices of a record that share its currency; null when not known."""

    def __init__(self, *, currency: str = "currency", **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "default": None, **options})
        self.shared = currency

    def get_attribute(self, instance: Any) -> Any:
        return getattr(instance, str(self.source)), getattr(instance, self.shared)


class CountryField(TextField):
    """ISO 3166-1: two capital letters that are a country's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(RegexValidator(r"^[A-Z]{2}$", message=_("Two capital letters."), code="invalid"))

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)  # of one code, one fault
        known_country(value)


class CurrencyField(TextField):
    """ISO 4217: three capital letters that are a currency's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(RegexValidator(r"^[A-Z]{3}$", message=_("Three capital letters."), code="invalid"))

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)  # of one code, one fault
        known_currency(value)


def reporting_money(amount: Decimal | None, currency: str) -> dict[str, str] | None:
    """An amount in the reporting currency as the API writes it."""
    return None if amount is None else {"amount": money_text(amount), "currency": currency}


class CodesField(serializers.ListField):
    """A list of codes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=TextField(max_length=60), **{"max_length": 200, **options})
