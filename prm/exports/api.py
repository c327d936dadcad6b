"""``/api/v1/exports``: ask for a list as a file, poll, fetch it. The same rows, order and columns as the pages' exports."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import ChoiceField, FlagField, JobIdField, MomentField, PublicIdField, TextField, WholeField
from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import NewestFirstMixin, RetrieveMixin, ScopedViewSet
from prm.core.errors import Invalid, NotFound
from prm.exports.models import Export
from prm.exports.selectors import export_get, export_list
from prm.exports.services import export_fetch, export_start
from prm.exports.sources import EVERY_COLUMN, sources
from prm.exports.writers import CONTENT_TYPES, file_answer


class ExportRequestSerializer(ApiSerializer):
    """What to export. ``query`` is the list page's own query string: filters, search, sort, columns."""

    list = TextField(
        max_length=60,
        help_text="The list: `companies`, `target-lists`, `targets`, `studies`, `study-results`, `imports`, `jobs` and so on.",
    )
    of = TextField(required=False, allow_blank=True, max_length=80, help_text="The record that the list belongs to.")
    query = TextField(
        required=False, allow_blank=True, max_length=4000, help_text="For example `country=FR&sort=-employees`."
    )
    format = ChoiceField(choices=sorted(CONTENT_TYPES), default="csv")
    every_column = FlagField(default=True, help_text="`false`: only those that the list shows.")

    example_request = {"list": "companies", "query": "country=FR&sort=-employees", "format": "csv"}


class ExportSerializer(ApiSerializer):
    """One export. ``file`` is its address once it lies ready; it is kept until ``expires_at``."""

    id = PublicIdField("export")
    list = TextField(source="source", read_only=True)
    of = TextField(read_only=True)
    query = TextField(read_only=True)
    title = TextField(read_only=True)
    format = TextField(source="file_format", read_only=True)
    state = serializers.SerializerMethodField()
    rows = WholeField(source="row_count", read_only=True, allow_null=True)
    bytes = WholeField(source="file_size", read_only=True, allow_null=True)
    job = JobIdField()
    file = serializers.SerializerMethodField()
    created_at = MomentField(read_only=True)
    finished_at = MomentField(read_only=True, allow_null=True)
    expires_at = MomentField(read_only=True, allow_null=True)

    example = {
        "id": "export_01h455vb4pex5vsknk084sn02q",
        "list": "companies",
        "of": "",
        "query": "country=FR&sort=-employees",
        "title": "Companies",
        "format": "csv",
        "state": "done",
        "rows": 312,
        "bytes": 48120,
        "job": "job_01h455vb4pex5vsknk084sn02q",
        "file": "/api/v1/exports/export_01h455vb4pex5vsknk084sn02q/file",
        "created_at": "2026-05-19T07:24:00Z",
        "finished_at": "2026-05-19T07:24:09Z",
        "expires_at": "2026-05-26T07:24:09Z",
    }

    @extend_schema_field(ChoiceField(choices=["queued", "running", "cancelling", "cancelled", "failed", "done", "expired"]))
    def get_state(self, export: Export) -> str:
        if export.job is not None and not export.finished_at:
            return str(export.job.state)
        return "done" if export.is_ready or export.job is None else "expired"

    @extend_schema_field(TextField(allow_null=True))
    def get_file(self, export: Export) -> str | None:
        return reverse("exports-file", args=[export.public_id]) if export.is_ready else None


class ExportViewSet(NewestFirstMixin, RetrieveMixin, HistoryMixin, ScopedViewSet):
    """Tables out."""

    resource, prefix = "exports", "export"
    label = gettext_lazy("Exports")
    serializer_class = ExportSerializer
    permissions = {
        "list": "exports.export:view", "retrieve": "exports.export:view", "create": "exports.export:create",
        "file": "exports.export:export",
    }  # fmt: skip
    filters = (Filter("created_at", Kind.MOMENT),)

    def rows(self, query: ListQuery) -> QuerySet[Export]:
        return export_list(actor=self.actor)

    def find(self, key: UUID) -> Export:
        return export_get(actor=self.actor, export_id=key)

    @extend_schema(request=ExportRequestSerializer, responses={202: ExportSerializer})
    def create(self, request: Request) -> Response:
        """Has a job write the file: 202. Poll the export, or its job. The heads are machine names, numbers have points."""
        data = self.body(serializer=ExportRequestSerializer)
        if data["list"] not in sources:
            raise Invalid("unknown_list", _("There is no such list to export."), field="list")
        query = _query(data.get("query", ""), every_column=data["every_column"])
        try:
            export = export_start(
                actor=self.actor, source=data["list"], query=query, of=data.get("of", ""), file_format=data["format"],
                machine_heads=True,
            )  # fmt: skip
        except NotFound as missing:  # of the record that the list belongs to, not of this address
            missing.field = missing.field or "of"
            raise
        return self.accepted(export, is_new=True)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, id: str) -> HttpResponseBase:
        """The file, for whoever asked for it; 404 while it is not ready and once it is no longer kept."""
        export, file = export_fetch(actor=self.actor, export_id=id)
        return file_answer(file, export.title, export.file_format, day=export.day)


def _query(text: str, *, every_column: bool) -> QueryDict:
    query = QueryDict(text.lstrip("?"), mutable=True)
    query.pop("cursor", None)
    if every_column:
        query["columns"] = EVERY_COLUMN
    return query


router.register(ExportViewSet)
