"""A checked file's rows beside the records that they meet, as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.fields import AnyField, DateField, FlagField, TextField, WholeField
from prm.api.serializers import ApiSerializer
from prm.imports.messages import why_kept
from prm.imports.runner.comparing import Match
from prm.imports.tables_matches import record_id


class ApartSerializer(ApiSerializer):
    """A row that is not the record that it meets; `apart` false takes that back."""

    row = WholeField(min_value=1, help_text="Its number in the file.")
    apart = FlagField(required=False)

    example_request = {"row": 14, "apart": True}


class ChangedCellSerializer(ApiSerializer):
    """A field that writing changes, where known records are updated. `is_added`: the value joins what is there."""

    field = TextField()
    before = AnyField(allow_null=True)
    after = AnyField(allow_null=True)
    is_added = FlagField()


class KeptCellSerializer(ApiSerializer):
    """A field that stays whatever the file says, why, and whose word it is."""

    field = TextField()
    before = AnyField(allow_null=True)
    offered = AnyField(allow_null=True)
    reason = TextField(help_text="One of: person, source, newer, spelling.")
    detail = TextField()
    told_by = TextField(allow_null=True)
    told_on = DateField(allow_null=True)


class MatchSerializer(ApiSerializer):
    """A row that meets a known record."""

    row = WholeField(source="row_no")
    called = TextField(help_text="What the file calls it.")
    record = serializers.SerializerMethodField(help_text="Id of the record, where it has one in this API.")
    record_name = TextField()
    matched_by = TextField(
        source="match_on", help_text="The match key: external_id, registration_number, domain, name, and so on."
    )
    is_certain = FlagField(help_text="There can be one record only that has this key: such a row cannot be kept apart.")
    changes = serializers.SerializerMethodField()
    kept = serializers.SerializerMethodField()

    example = {
        "row": 14,
        "called": "Kerlan Systemes SAS",
        "record": "company_01h455vb4pex5vsknk084sn02q",
        "record_name": "Kerlan Systèmes",
        "matched_by": "domain",
        "is_certain": False,
        "changes": [{"field": "employees", "before": 46, "after": 58, "is_added": False}],
        "kept": [
            {
                "field": "city",
                "before": "Brest",
                "offered": "Lorient",
                "reason": "person",
                "detail": "somebody entered it by hand",
                "told_by": "Claire Rousset",
                "told_on": "2026-01-01",
            }
        ],
    }

    @extend_schema_field({"type": "string", "nullable": True})
    def get_record(self, match: Match) -> str | None:
        return record_id(self.context["batch"], match)

    @extend_schema_field(ChangedCellSerializer(many=True))
    def get_changes(self, match: Match) -> list[dict[str, Any]]:
        return [
            {"field": cell.field, "before": cell.before, "after": cell.after, "is_added": cell.adds}
            for cell in match.cells
            if not cell.kept
        ]

    @extend_schema_field(KeptCellSerializer(many=True))
    def get_kept(self, match: Match) -> list[dict[str, Any]]:
        return [
            {
                "field": cell.field, "before": cell.before, "offered": cell.after, "reason": cell.kept, "detail": why_kept(cell.kept),
                "told_by": cell.told_by or None, "told_on": cell.told_on.isoformat() if cell.told_on else None,
            }
            for cell in match.cells
            if cell.kept
        ]  # fmt: skip
