"""The parent of the API's records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class ApiSerializer(serializers.Serializer):
    """A record in and out. An unknown field in a body is refused: a misspelt one would else be lost without a word.

    ``example`` is one whole record as it comes out, ``example_request`` a body as it goes in; both stand in the schema.
    """

    example: ClassVar[Mapping[str, Any]] = {}
    example_request: ClassVar[Mapping[str, Any]] = {}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            unknown = [name for name in data if name not in writable]
            if unknown:
                raise serializers.ValidationError(
                    {
                        name: [ErrorDetail(_("There is no such field, or it cannot be set."), code="unknown_field")]
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)

    def to_representation(self, instance: Any) -> Any:
        wanted = self.context.get("fields") if self.parent is None or self.parent.parent is None else None
        data = super().to_representation(instance)
        return {name: value for name, value in data.items() if name in wanted or name == "id"} if wanted else data


class EmptySerializer(ApiSerializer):
    """For acts that take no body, or give none back."""
