"""The parent of the API's records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import SkipField


class ApiSerializer(serializers.Serializer):
    """A record in and out. An unknown field in a body is refused: a misspelt one would else be lost without a word.

    ``example`` is one whole record as it comes out, ``example_request`` a body as it goes in; both stand in the schema. ``told_once`` are
    fields that tell of the act that gave an answer, not of the record: its version is the same with and without.
    """

    example: ClassVar[Mapping[str, Any]] = {}
    example_request: ClassVar[Mapping[str, Any]] = {}
    told_once: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        words = _("There is no such field, or it cannot be set.")
        writable = {name for name, field in self.fields.items() if not field.read_only}
        named = data if isinstance(data, Mapping) else {}
        unknown = {name: [ErrorDetail(words, code="unknown_field")] for name in named if name not in writable}
        try:
            found = super().to_internal_value(data)
        except serializers.ValidationError as refused:
            raise serializers.ValidationError({**refused.detail, **unknown}) from refused  # type: ignore[dict-item]
        if unknown:
            raise serializers.ValidationError(unknown)
        return found

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The record with the fields that were asked for. Said once for a whole page of records: how each field is read."""
        written: dict[str, Any] = {}
        for name, read, write in self._readers:
            try:
                value = read(instance)
            except SkipField:
                continue
            written[name] = None if value is None else write(value)
        return written

    @cached_property
    def _readers(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        wanted = self.context.get("fields") if self.parent is None or self.parent.parent is None else None
        return [
            (name, _reader(field), field.to_representation)
            for name, field in self.fields.items()
            if not field.write_only and (not wanted or name in wanted or name == "id")
        ]


def _reader(field: serializers.Field) -> Callable[[Any], Any]:
    """How a field gets its value: its own way when it has one, else the attribute or the entry of its name, dots followed."""
    if type(field).get_attribute is not serializers.Field.get_attribute or not field.source_attrs:
        return field.get_attribute  # type: ignore[no-any-return]
    plain = attrgetter(".".join(field.source_attrs))

    def read(instance: Any) -> Any:
        if isinstance(instance, Mapping):
            return field.get_attribute(instance)
        try:
            value = plain(instance)
        except AttributeError:
            return field.get_attribute(instance)  # says what is missing, or falls back on the field's default
        return field.get_attribute(instance) if callable(value) else value

    return read


class EmptySerializer(ApiSerializer):
    """For acts that take no body, or give none back."""
