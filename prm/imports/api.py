"""``/api/v1/imports``: send a file, poll, read what was rejected, write after a dry run, undo. The same services as the wizard."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import ChoiceField, JobIdField, MomentField, ObjectField, PublicIdField, TextField, WholeField
from prm.api.parsers import read_json
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import NestedList, NewestFirstMixin, RetrieveMixin, ScopedViewSet
from prm.core.errors import Denied, Invalid
from prm.imports.messages import error_words, kind_words
from prm.imports.models import DuplicatePolicy, ImportBatch, ImportRejectedRow, ImportState
from prm.imports.selectors import import_get, import_list, rejected_rows
from prm.imports.services import (
    import_check_start,
    import_create,
    import_map,
    import_run_start,
    import_undo_start,
    import_write_start,
)
from prm.imports.targets import TARGETS


class ImportRequestSerializer(ApiSerializer):
    """The form of ``POST /imports`` (multipart/form-data)."""

    target = TextField(help_text="What the rows are: companies, sites, resellers, products, sales.")
    file = serializers.FileField(allow_empty_file=True, help_text="CSV or XLSX.")
    source = TextField(required=False, max_length=100, help_text="Name of the list; external ids are told apart by it.")
    as_of = serializers.DateField(required=False, help_text="Day on which the file was true; today when left out.")
    currency = TextField(required=False, max_length=3, help_text="Of amounts that name none.")
    policy = ChoiceField(required=False, choices=DuplicatePolicy.values, help_text="What happens to known records.")
    mapping = TextField(required=False, help_text='JSON object, head → field; "" ignores a column. Guessed when left out.')
    encoding = TextField(required=False, max_length=20)
    delimiter = serializers.CharField(required=False, max_length=1, trim_whitespace=False)
    sheet = TextField(required=False, max_length=100)
    head_row = serializers.IntegerField(
        required=False, min_value=0, max_value=100, help_text="As numbered in the file; 0: none."
    )
    dry_run = ChoiceField(
        required=False, choices=["true", "false"], help_text="true: check only; write with POST /imports/{id}/write."
    )

    example_request = {"target": "companies", "source": "CRM export", "policy": "update"}


class ImportCountsSerializer(ApiSerializer):
    """Rows by what became of them."""

    total = WholeField()
    good = WholeField()
    rejected = WholeField()
    created = WholeField()
    updated = WholeField()
    unchanged = WholeField()
    skipped = WholeField()


class ImportSerializer(ApiSerializer):
    """One import. ``forecast`` says after the check what writing does; ``errors`` counts faults by column and code."""

    id = PublicIdField("import")
    target = TextField(read_only=True)
    file_name = TextField(read_only=True)
    state = ChoiceField(choices=ImportState.values, read_only=True)
    source = TextField(read_only=True)
    as_of = serializers.DateField(read_only=True)
    currency = TextField(read_only=True)
    policy = ChoiceField(choices=DuplicatePolicy.values, read_only=True)
    job = JobIdField()
    mapping = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField()
    forecast = ObjectField(read_only=True)
    errors = serializers.SerializerMethodField()
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
        "mapping": {"Raison sociale": "name", "Pays": "country", "Remarque": ""},
        "rows": {"total": 1000, "good": 963, "rejected": 37, "created": 900, "updated": 60, "unchanged": 3, "skipped": 0},
        "forecast": {"new": 900, "known": {"external_id": 60, "domain": 3}, "repeated": 0, "ambiguous": 0},
        "errors": [
            {"column": "Pays", "field": "country", "code": "not_country", "detail": "Not a known country", "rows": 37}
        ],
        "created_at": "2026-05-19T07:24:00Z",
        "finished_at": "2026-05-19T07:24:09Z",
        "undo_until": "2026-05-20T07:24:09Z",
    }

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_mapping(self, batch: ImportBatch) -> dict[str, str]:
        return {column["name"]: column["field"] for column in batch.columns}

    @extend_schema_field(ImportCountsSerializer)
    def get_rows(self, batch: ImportBatch) -> dict[str, int]:
        return {
            "total": batch.rows_total, "good": batch.rows_good, "rejected": batch.rows_rejected, "created": batch.created,
            "updated": batch.updated, "unchanged": batch.unchanged, "skipped": batch.skipped,
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
            {"column": "Pays", "field": "country", "value": "Frnace", "code": "not_country", "detail": "Not a known country"}
        ],
    }

    row = WholeField(source="row_no", read_only=True)
    cells = serializers.SerializerMethodField()
    errors = serializers.SerializerMethodField()

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


class ImportViewSet(NewestFirstMixin, RetrieveMixin, ScopedViewSet):
    """Files in."""

    resource, prefix = "imports", "import"
    serializer_class = ImportSerializer
    permissions = {
        "list": "imports.import:view", "retrieve": "imports.import:view", "create": "imports.import:create",
        "rejected_rows": "imports.import:export", "write": "imports.import:create", "undo": "imports.import:undo",
    }  # fmt: skip
    filters = (
        Filter("state", Kind.CHOICE, choices=ImportState.values),
        Filter("target", Kind.TEXT),
        Filter("created_at", Kind.MOMENT),
    )
    lists = {"rejected_rows": NestedList(RejectedRowSerializer, sorts={"row": ("row_no",)}, default_sort="row")}

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser()] if getattr(self, "action_map", {}).get("post") == "create" else super().get_parsers()

    def rows(self, query: ListQuery) -> QuerySet[ImportBatch]:
        return import_list(actor=self.actor)

    def find(self, key: UUID) -> ImportBatch:
        batch = import_get(actor=self.actor, import_id=key)
        if batch.target in TARGETS and not self.actor.may(TARGETS.get(batch.target).permission):
            raise Denied("not_allowed", _("Your role does not include this."))
        return batch

    @extend_schema(request={"multipart/form-data": ImportRequestSerializer}, responses={202: ImportSerializer})
    def create(self, request: Request) -> Response:
        """Takes a file in and starts the work: 202. Poll the import, or its job."""
        data = self.body(serializer=ImportRequestSerializer)
        chosen = {name: data[name] for name in ("encoding", "delimiter", "sheet") if data.get(name)}
        if "head_row" in data:
            chosen["head_row"] = data["head_row"] - 1 if data["head_row"] else None
        batch = import_create(
            actor=self.actor, target=data["target"], upload=data["file"], file_name=data["file"].name, source=data.get("source", ""),
            as_of=data.get("as_of"), currency=data.get("currency", ""), policy=data.get("policy", ""), chosen=chosen,
        )  # fmt: skip
        try:
            if data.get("mapping"):
                batch = import_map(actor=self.actor, batch=batch, mapping=_mapping(data["mapping"]))
            start = import_check_start if data.get("dry_run") == "true" else import_run_start
            start(actor=self.actor, batch=batch)
        except Exception:
            batch.file.delete(save=False)  # the import itself is rolled back with the refusal
            raise
        return self.accepted(batch, is_new=True)

    @action(detail=True, methods=["get"], url_path="rejected-rows")
    def rejected_rows(self, request: Request, id: str) -> Response:
        """Rows that did not come in, in the file's order, with every fault."""
        batch = self.record()
        names = [column["name"] for column in batch.columns]
        return self.nested(rejected_rows(actor=self.actor, batch=batch), self.nested_query(), names=names)

    @extend_schema(request=EmptySerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def write(self, request: Request, id: str) -> Response:
        """Writes what the check found good, or goes on where writing stopped: 202."""
        self.body(serializer=EmptySerializer)
        batch = self.record()
        import_write_start(actor=self.actor, batch=batch)
        return self.accepted(batch)

    @extend_schema(request=EmptySerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: str) -> Response:
        """Takes a finished import back, within 24 hours: 202."""
        self.body(serializer=EmptySerializer)
        batch = self.record()
        import_undo_start(actor=self.actor, batch=batch)
        return self.accepted(batch)


def _mapping(text: str) -> dict[str, str]:
    try:
        found = read_json(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise Invalid("mapping_unreadable", _("The mapping is a JSON object: head → field."), field="mapping")
    return found


router.register(ImportViewSet)
