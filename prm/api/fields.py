"""Fields of API records: strict about JSON types, the same in and out, described in the schema.

The framework's own fields take ``"12"`` for a number and ``1`` for true; an integrator's mistake would go unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.core.currencies import CODES
from prm.core.errors import choose_among
from prm.core.ids import typeid_decode, typeid_encode

_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


class TextField(serializers.CharField):
    """A JSON string."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class EmailField(serializers.EmailField):
    """An e-mail address."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeField(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """``true`` or ``false``."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class NumberField(serializers.FloatField):
    """A JSON number, for scores and shares; money is never one."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "object", "additionalProperties": True})
class ObjectField(serializers.JSONField):
    """A JSON object whose names depend on what it belongs to."""

    default_error_messages = {"not_object": _("Give an object.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_object")
        found: dict[str, Any] = super().to_internal_value(data)
        return found


@extend_schema_field({"type": ["number", "string", "boolean", "array", "object"], "items": {}})
class AnyField(serializers.JSONField):
    """A value of whatever kind its field is kept as: a number, a text, a list, an object."""


class ChoiceField(serializers.ChoiceField):
    """One of a list of words; a refusal says which there are."""

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and self.allow_blank:
            return ""
        if not isinstance(data, str) or data not in self.choice_strings_to_values:
            said = _("“%(given)s” is not among the choices.") % {"given": str(data)[:60]}
            raise serializers.ValidationError(f"{said} {choose_among(self.choice_strings_to_values)}", "invalid_choice")
        return self.choice_strings_to_values[data]


class MomentField(serializers.DateTimeField):
    """An instant in RFC 3339, UTC: ``2026-05-19T10:00:00Z``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class DateField(serializers.DateField):
    """A day: ``2026-05-19``."""

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class DecimalTextField(serializers.DecimalField):
    """An exact number as text: ``"1234.50"``. Out as stored, without exponent."""

    def __init__(self, *, max_digits: int = 19, decimal_places: int = 4, **options: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TypeIdField(serializers.Field):
    """A TypeID: ``company_01h455vb4pex5vsknk084sn02q``. Inside it is the key (UUID)."""

    default_error_messages = {"invalid": _("This is no id of the kind {prefix}_….")}

    def __init__(self, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> UUID:
        try:
            return typeid_decode(self.prefix, data if isinstance(data, str) else "")
        except ValueError:
            self.fail("invalid", prefix=self.prefix)

    def to_representation(self, value: UUID) -> str:
        return typeid_encode(self.prefix, value)


class PublicIdField(TypeIdField):
    """The record's own id, read only."""

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(prefix, read_only=True, source="pk", **options)


class JobIdField(TypeIdField):
    """The job that works on the record; null before there is one."""

    def __init__(self) -> None:
        super().__init__("job", read_only=True, allow_null=True, source="job_id")


@extend_schema_field(
    {
        "type": "object",
        "required": ["amount", "currency"],
        "additionalProperties": False,
        "properties": {
            "amount": {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$", "examples": ["1234.50"]},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["EUR"]},
        },
    }
)
class MoneyField(serializers.Field):
    """``{"amount": "1234.50", "currency": "EUR"}``. Inside: (Decimal, currency), or what ``source`` gives with those two.

    Out of a model: ``MoneyField(amount="revenue", currency="revenue_currency", source="*")``; unknown is null.
    """

    default_error_messages = {
        "invalid": _('Write money like {{"amount": "1234.50", "currency": "EUR"}}.'),
        "unknown_currency": _("There is no currency of this code."),
    }

    def __init__(self, *, amount: str = "", currency: str = "", **options: Any) -> None:
        self.amount, self.currency = amount, currency
        if amount:
            options.setdefault("source", "*")
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping) or set(data) != {"amount", "currency"}:
            self.fail("invalid")
        amount, currency = data["amount"], data["currency"]
        if not isinstance(amount, str) or not isinstance(currency, str):
            self.fail("invalid")
        if not _AMOUNT.fullmatch(amount) or not _CURRENCY.fullmatch(currency):
            self.fail("invalid")
        if currency not in CODES:
            self.fail("unknown_currency")
        value = Decimal(amount)
        return {self.amount: value, self.currency: currency} if self.amount else (value, currency)

    def get_attribute(self, instance: Any) -> Any:
        if self.amount:
            return getattr(instance, self.amount), getattr(instance, self.currency)
        return super().get_attribute(instance)

    def to_representation(self, value: Any) -> Any:
        amount, currency = value
        return None if amount is None else {"amount": money_text(amount), "currency": currency}


def money_text(amount: Decimal) -> str:
    """At least two decimals, no exponent, no needless zeros beyond."""
    text = f"{amount:.4f}"
    return text[:-2] if text.endswith("00") else text
