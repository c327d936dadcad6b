"""Fields that several resources of questionnaires have."""

from __future__ import annotations

from rest_framework import serializers

from prm.api.fields import TextField


class TextsField(serializers.DictField):
    """A text by language: ``{"en": "…", "fr": "…"}``."""

    child = TextField(allow_blank=True, max_length=2000)
