"""Rows that an import did not take, as the API tells them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.fields import (
    FlagField,
    TextField,
    WholeField,
)
from prm.api.serializers import ApiSerializer
from prm.imports.messages import error_words
from prm.imports.models import ImportRejectedRow


class CellErrorSerializer(ApiSerializer):
    """One fault of a row."""

    column = TextField(allow_null=True)
    field = TextField(allow_null=True)
    value = TextField(allow_null=True)
    code = TextField()
    detail = TextField()


class RejectedRowSerializer(ApiSerializer):
    """A row that did not come in: its number in the file, its cells by head, and every fault."""

    example = {
        "row": 14,
        "cells": {"Raison sociale": "Kerlan Systèmes", "Pays": "Frnace"},
        "errors": [
            {
                "column": "Pays",
                "field": "country",
                "value": "Frnace",
                "code": "not_country",
                "detail": "Not a known country: write its name in English, or its two letters such as FR",
            }
        ],
        "is_fixed": False,
    }

    row = WholeField(source="row_no", read_only=True)
    cells = serializers.SerializerMethodField()
    errors = serializers.SerializerMethodField()
    is_fixed = FlagField(read_only=True, help_text="Corrected: it comes in when the import is written.")

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_cells(self, row: ImportRejectedRow) -> dict[str, str]:
        return dict(zip(self.context["names"], row.cells, strict=False))

    @extend_schema_field(CellErrorSerializer(many=True))
    def get_errors(self, row: ImportRejectedRow) -> list[dict[str, Any]]:
        names = self.context["names"]
        return [
            {
                "column": names[error["column"]] if error["column"] is not None else None,
                "field": error["field"] or None,
                "value": row.cells[error["column"]]
                if error["column"] is not None and error["column"] < len(row.cells)
                else None,
                "code": error["code"],
                "detail": error_words(error["code"], error["data"]),
            }
            for error in row.errors
        ]
