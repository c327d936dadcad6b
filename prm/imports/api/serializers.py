"""What imports are as JSON: the upload's form, the record, its columns, and rows that did not come in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.fields import (
    ChoiceField,
    DateField,
    FlagField,
    JobIdField,
    MomentField,
    NumberField,
    ObjectField,
    PublicIdField,
    TextField,
    WholeField,
)
from prm.api.serializers import ApiSerializer
from prm.imports.fields import FieldSpec
from prm.imports.messages import error_words, kind_words
from prm.imports.models import DuplicatePolicy, ImportBatch, ImportState


class ImportRequestSerializer(ApiSerializer):
    """The form of ``POST /imports`` (multipart/form-data)."""

    target = TextField(help_text="What the rows are: companies, sites, resellers, products, sales.")
    file = serializers.FileField(allow_empty_file=True, help_text="CSV or XLSX.")
    source = TextField(required=False, max_length=100, help_text="Name of the list; external ids are told apart by it.")
    as_of = serializers.DateField(required=False, help_text="Day on which the file was true; today when left out.")
    currency = TextField(required=False, max_length=3, help_text="Of amounts that name none.")
    policy = ChoiceField(required=False, choices=DuplicatePolicy.values, help_text="What happens to known records.")
    mapping = TextField(required=False, help_text='JSON object, head → field; "" ignores a column. Guessed when left out.')
    styles = TextField(
        required=False,
        help_text='JSON object, head → how it writes its values: `{"CA": {"unit": "k€"}}`; the same as in `PATCH`.',
    )
    encoding = TextField(required=False, max_length=20)
    delimiter = serializers.CharField(required=False, max_length=1, trim_whitespace=False)
    sheet = TextField(required=False, max_length=100)
    head_row = serializers.IntegerField(
        required=False, min_value=0, max_value=100, help_text="As numbered in the file; 0: none."
    )
    dry_run = ChoiceField(
        required=False, choices=["true", "false"], help_text="`true`: check only; write with `POST /imports/{id}/write`."
    )

    start = ChoiceField(
        required=False,
        choices=["true", "false"],
        help_text="`false`: only read what the file is; set mapping and options with `PATCH`, then `POST /imports/{id}/check`.",
    )

    example_request = {"target": "companies", "source": "CRM export", "policy": "update"}


class ColumnStyleSerializer(ApiSerializer):
    """How a column writes its values, where that was not told right or could not be told."""

    decimal_mark = ChoiceField(choices=[",", "."], required=False)
    date_order = ChoiceField(choices=["dmy", "mdy"], required=False)
    unit = TextField(
        required=False,
        max_length=60,
        help_text='In what its numbers are, as a head would say it: "k€", "EUR m"; "1": as written.',
    )


class ImportChangeSerializer(ApiSerializer):
    """What can be set of an import of which nothing is written. What is not named stays; the mapping is replaced as a whole.

    ``encoding``, ``delimiter``, ``sheet`` and ``head_row`` read the file again.
    """

    target = TextField(required=False)
    mapping = serializers.DictField(
        child=TextField(allow_blank=True), required=False, help_text='Head → field; "" ignores a column.'
    )
    styles = serializers.DictField(
        child=ColumnStyleSerializer(), required=False, help_text="Head → how it writes its values."
    )
    source = TextField(required=False, max_length=100)
    as_of = DateField(required=False)
    currency = TextField(required=False, max_length=3)
    policy = ChoiceField(required=False, choices=DuplicatePolicy.values)
    encoding = TextField(required=False, max_length=20)
    delimiter = TextField(required=False, max_length=1, trim_whitespace=False)
    sheet = TextField(required=False, max_length=100)
    head_row = WholeField(required=False, min_value=0, max_value=100, help_text="As numbered in the file; 0: none.")

    example_request = {"mapping": {"Raison sociale": "name", "Pays": "country", "Remarque": ""}, "currency": "EUR"}


class WriteSerializer(ApiSerializer):
    """What happens to known records; as the import says when left out."""

    policy = ChoiceField(required=False, choices=DuplicatePolicy.values)

    example_request = {"policy": "skip"}


class RowFixSerializer(ApiSerializer):
    """Other texts for cells of one rejected row."""

    row = WholeField(min_value=1, help_text="Its number in the file.")
    cells = serializers.DictField(
        child=TextField(allow_blank=True, trim_whitespace=False), allow_empty=False, help_text="Head → text."
    )

    example_request = {"row": 14, "cells": {"Pays": "France"}}


class ValueFixSerializer(ApiSerializer):
    """One text for another, in every rejected row that has it in a column with that fault."""

    column = TextField(trim_whitespace=False, help_text="Head of the column.")
    code = TextField(help_text="Of the fault.")
    old = TextField(allow_blank=True, trim_whitespace=False)
    new = TextField(allow_blank=True, trim_whitespace=False)

    example_request = {"column": "Pays", "code": "not_country", "old": "Frnace", "new": "France"}


class FixedSerializer(ApiSerializer):
    """How many rows may come in now."""

    fixed = WholeField()

    example = {"fixed": 12}


class ReadingSerializer(ApiSerializer):
    """How the file is read: detected, unless it was said."""

    kind = ChoiceField(choices=["csv", "xlsx"])
    encoding = TextField(allow_null=True)
    delimiter = TextField(allow_null=True)
    sheet = TextField(allow_null=True)
    sheets = serializers.ListField(child=TextField())
    head_row = WholeField(help_text="As numbered in the file; 0: none.")


class ReadCellSerializer(ApiSerializer):
    """A cell of a column of numbers beside what it is taken for."""

    cell = TextField()
    value = TextField(help_text="A decimal number; a share where the field is one.")
    currency = TextField(allow_null=True, help_text="Where the cell or its column names one.")


class ImportColumnSerializer(ApiSerializer):
    """A column of the file: what it holds, and which field it becomes; "" is ignored."""

    column = TextField(source="name")
    field = TextField()
    chosen_by = TextField(
        source="by", help_text="`guess`, `remembered` (from a file with the same heads), `person`, or empty."
    )
    filled = NumberField(help_text="Share of its cells that hold something, in the rows that were looked at.")
    samples = serializers.ListField(child=TextField())
    decimal_mark = TextField(source="style.decimal_mark")
    date_order = TextField(source="style.date_order")
    scale = NumberField(source="style.scale", help_text="What its numbers are multiplied by; a cell's own unit goes first.")
    currency = TextField(source="style.currency", allow_null=True, help_text="Of the head or the row of units.")
    read = serializers.SerializerMethodField(help_text="Of numbers: some cells, each with the value that it is taken for.")
    unsure = serializers.ListField(
        child=TextField(),
        source="style.unsure",
        help_text="What could not be told: say it with styles. `unit` has to be said before the file can be checked.",
    )
    asked = serializers.SerializerMethodField(help_text="Words that may be a unit and are not known; empty otherwise.")

    example = {
        "column": "CA 2025",
        "field": "revenue",
        "chosen_by": "guess",
        "filled": 0.94,
        "samples": ["1 234,50", "18,3 M€"],
        "decimal_mark": ",",
        "date_order": "dmy",
        "scale": 1,
        "currency": "EUR",
        "read": [{"cell": "18,3 M€", "value": "18300000", "currency": "EUR"}],
        "unsure": [],
        "asked": "",
    }

    @extend_schema_field({"type": "string"})
    def get_asked(self, column: dict[str, Any]) -> str:
        return str(column.get("style", {}).get("asked", ""))

    @extend_schema_field(ReadCellSerializer(many=True))
    def get_read(self, column: dict[str, Any]) -> list[dict[str, str | None]]:
        return [{"cell": cell, "value": value, "currency": code or None} for cell, value, code in column.get("read") or ()]


class ImportFieldSerializer(ApiSerializer):
    """A field that a column may become."""

    field = TextField(source="name")
    label = serializers.SerializerMethodField()
    kind = TextField()
    is_required = FlagField(source="required")
    choices = serializers.SerializerMethodField(help_text="What a cell may say, where that is one of a few words.")

    example = {"field": "country", "label": "Country", "kind": "country", "is_required": False, "choices": []}

    @extend_schema_field({"type": "string"})
    def get_label(self, field: FieldSpec) -> str:
        return str(field.label)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_choices(self, field: FieldSpec) -> list[str]:
        return [value for value, _words in field.options]


class ImportCountsSerializer(ApiSerializer):
    """Rows by what became of them."""

    total = WholeField()
    good = WholeField()
    rejected = WholeField()
    created = WholeField()
    updated = WholeField()
    unchanged = WholeField()
    skipped = WholeField()
    repeated = WholeField(help_text="They repeat an earlier row of the file, whose record is counted there.")


class ImportSerializer(ApiSerializer):
    """One import. ``forecast`` says after the check what writing does: new records, rows known by each key and how many of them change
    anything (``updates``), cells of known records that change or stay (by reason), and rows that repeat an earlier one, counted nowhere
    else. ``errors`` counts faults by column and code."""

    id = PublicIdField("import")
    target = TextField(read_only=True)
    file_name = TextField(read_only=True)
    state = ChoiceField(choices=ImportState.values, read_only=True)
    source = TextField(read_only=True)
    as_of = serializers.DateField(read_only=True)
    currency = TextField(read_only=True)
    policy = ChoiceField(choices=DuplicatePolicy.values, read_only=True)
    job = JobIdField()
    reading = serializers.SerializerMethodField()
    mapping = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField()
    forecast = ObjectField(read_only=True)
    errors = serializers.SerializerMethodField()
    cells_kept = serializers.DictField(
        child=serializers.IntegerField(), read_only=True,
        help_text="Cells of known records that the file says otherwise and that stayed, by reason: person, source, newer, spelling.",
    )  # fmt: skip
    kept_by_undo = serializers.SerializerMethodField(help_text="Records that an undo had to leave, by reason.")
    created_at = MomentField(read_only=True)
    finished_at = MomentField(read_only=True, allow_null=True)
    undo_until = MomentField(read_only=True, allow_null=True)

    example = {
        "id": "import_01h455vb4pex5vsknk084sn02q",
        "target": "companies",
        "file_name": "companies-west.xlsx",
        "state": "done",
        "source": "CRM export",
        "as_of": "2026-05-19",
        "currency": "EUR",
        "policy": "update",
        "job": "job_01h455vb4pex5vsknk084sn02q",
        "reading": {
            "kind": "xlsx",
            "encoding": None,
            "delimiter": None,
            "sheet": "West",
            "sheets": ["West", "Notes"],
            "head_row": 1,
        },
        "mapping": {"Raison sociale": "name", "Pays": "country", "Remarque": ""},
        "rows": {
            "total": 1000,
            "good": 963,
            "rejected": 37,
            "created": 899,
            "updated": 60,
            "unchanged": 3,
            "skipped": 0,
            "repeated": 1,
        },
        "forecast": {
            "new": 899,
            "known": {"external_id": 60, "domain": 3},
            "repeated": 1,
            "ambiguous": 0,
            "cells": {"changed": 118, "person": 2},
            "updates": 60,
            "repeats": [[14, 3, "domain"]],
        },
        "errors": [
            {
                "column": "Pays",
                "field": "country",
                "code": "not_country",
                "detail": "Not a known country: write its name in English, or its two letters such as FR",
                "rows": 37,
            }
        ],
        "cells_kept": {"person": 2},
        "kept_by_undo": {},
        "created_at": "2026-05-19T07:24:00Z",
        "finished_at": "2026-05-19T07:24:09Z",
        "undo_until": "2026-05-20T07:24:09Z",
    }

    @extend_schema_field(ReadingSerializer)
    def get_reading(self, batch: ImportBatch) -> dict[str, Any]:
        read, is_text = batch.settings, batch.file_kind == "csv"
        head = read.get("head_row")
        return {
            "kind": batch.file_kind,
            "encoding": read.get("encoding") if is_text else None,
            "delimiter": read.get("delimiter") if is_text else None,
            "sheet": None if is_text else read.get("sheet"),
            "sheets": [] if is_text else list(read.get("sheets", ())),
            "head_row": 0 if head is None else head + 1,
        }

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_kept_by_undo(self, batch: ImportBatch) -> dict[str, int]:
        return dict(batch.undo_result.get("kept", {})) if batch.kept_by_undo else {}

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_mapping(self, batch: ImportBatch) -> dict[str, str]:
        return {column["name"]: column["field"] for column in batch.columns}

    @extend_schema_field(ImportCountsSerializer)
    def get_rows(self, batch: ImportBatch) -> dict[str, int]:
        return {
            "total": batch.rows_total, "good": batch.rows_good, "rejected": batch.rows_rejected, "created": batch.created,
            "updated": batch.updated, "unchanged": batch.unchanged, "skipped": batch.skipped, "repeated": batch.repeated,
        }  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_errors(self, batch: ImportBatch) -> list[dict[str, Any]]:
        names = [column["name"] for column in batch.columns]
        found = [
            {
                "column": names[kind["column"]] if kind["column"] is not None and kind["column"] < len(names) else None,
                "field": kind["field"] or None, "code": kind["code"], "detail": kind_words(kind["code"]), "rows": kind["rows"],
            }
            for kind in batch.error_kinds
        ]  # fmt: skip
        if batch.failure:
            found.insert(
                0, {"column": None, "field": None, "code": batch.failure, "detail": error_words(batch.failure), "rows": 0}
            )
        return found
