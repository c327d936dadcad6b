"""``/api/v1/imports``: send a file, set its mapping, check, correct, write, read what was rejected, undo. The wizard's own services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.etags import check_match, version_of
from prm.api.history import HistoryMixin
from prm.api.parsers import read_json
from prm.api.problems import BadParameter
from prm.api.query import Filter, Kind, ListQuery, refuse_unknown
from prm.api.serializers import EmptySerializer
from prm.api.viewsets import DeleteMixin, NestedList, NewestFirstMixin, RetrieveMixin, ScopedViewSet
from prm.core.errors import Denied, Invalid, NotFound
from prm.core.keyset import rows_page
from prm.imports.api.serializers import (
    ColumnStyleSerializer,
    FixedSerializer,
    ImportChangeSerializer,
    ImportColumnSerializer,
    ImportFieldSerializer,
    ImportRequestSerializer,
    ImportSerializer,
    RowFixSerializer,
    ValueFixSerializer,
    WriteSerializer,
)
from prm.imports.api.serializers_matches import ApartSerializer, MatchSerializer
from prm.imports.api.serializers_rejected import RejectedRowSerializer
from prm.imports.models import ImportBatch, ImportState
from prm.imports.rejects import FORMATS, rejected_answer
from prm.imports.selectors import import_get, import_list, import_target_get, rejected_rows
from prm.imports.selectors_matches import match_list, match_rows_list
from prm.imports.services import (
    import_check_start,
    import_create,
    import_discard,
    import_map,
    import_run_start,
    import_settings,
    import_undo_start,
    import_write_start,
)
from prm.imports.services_fix import import_row_apart, import_row_fix, import_value_fix
from prm.imports.targets import TARGETS


class ImportViewSet(NewestFirstMixin, RetrieveMixin, HistoryMixin, DeleteMixin, ScopedViewSet):
    """Files in."""

    resource, prefix = "imports", "import"
    label = gettext_lazy("Imports")
    serializer_class = ImportSerializer
    permissions = {
        "list": "imports.import:view", "retrieve": "imports.import:view", "create": "imports.import:create",
        "partial_update": "imports.import:edit", "destroy": "imports.import:edit", "columns": "imports.import:view",
        "fields": "imports.import:view", "check": "imports.import:edit", "rejected_rows": "imports.import:export",
        "rejected_file": "imports.import:export", "fix_row": "imports.import:edit", "fix_value": "imports.import:edit",
        "matches": "imports.import:view", "keep_apart": "imports.import:edit",
        "write": "imports.import:create", "undo": "imports.import:undo",
    }  # fmt: skip
    sentences = {
        "list": "Imports, the newest first.",
        "retrieve": "One import: where it stands, what was read, what writing does or did.",
        "partial_update": "Sets mapping, options and how the file is read, before anything is written. Check again afterwards.",
        "destroy": "Throws away an import of which nothing is written.",
    }
    request_serializers = {"partial_update": ImportChangeSerializer}
    create_statuses = (201, 202)
    filters = (
        Filter("state", Kind.CHOICE, choices=ImportState.values),
        Filter("target", Kind.CODE, known=lambda actor, codes: {target.key for target in TARGETS}),
        Filter("created_at", Kind.MOMENT),
    )
    lists = {
        "rejected_rows": NestedList(
            RejectedRowSerializer,
            sorts={"row": ("row_no",)},
            default_sort="row",
            filters=(
                Filter("code", Kind.TEXT, is_column=False, is_single=True, help="Only rows with this fault."),
                Filter("column", Kind.TEXT, is_column=False, is_single=True, help="Only rows with a fault under this head."),
            ),
        ),
        "matches": NestedList(MatchSerializer, sorts={"row": ("row_no",)}, default_sort="row"),
        "columns": NestedList(ImportColumnSerializer, sorts={"place": ("place",)}, default_sort="place"),
        "fields": NestedList(ImportFieldSerializer, sorts={"place": ("place",)}, default_sort="place"),
    }

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser()] if getattr(self, "action_map", {}).get("post") == "create" else super().get_parsers()

    def rows(self, query: ListQuery) -> QuerySet[ImportBatch]:
        return import_list(actor=self.actor)

    def find(self, key: UUID) -> ImportBatch:
        batch = import_get(actor=self.actor, import_id=key)
        if batch.target in TARGETS and not self.actor.may(TARGETS.get(batch.target).permission):
            raise Denied("not_allowed", _("Your role does not include this."))
        return batch

    @extend_schema(
        request={"multipart/form-data": ImportRequestSerializer}, responses={201: ImportSerializer, 202: ImportSerializer}
    )
    def create(self, request: Request) -> Response:
        """Takes a file in and starts the work: 202. Poll the import, or its job. With `start=false` it is only read: 201."""
        data = self.body(serializer=ImportRequestSerializer)
        batch = import_create(
            actor=self.actor, target=data["target"], upload=data["file"], file_name=data["file"].name, source=data.get("source", ""),
            as_of=data.get("as_of"), currency=data.get("currency", ""), policy=data.get("policy", ""), chosen=_chosen(data),
        )  # fmt: skip
        try:
            mapping = _mapping(data["mapping"]) if data.get("mapping") else None
            styles = _styles(data["styles"], batch) if data.get("styles") else None
            if mapping or styles:
                batch = import_map(actor=self.actor, batch=batch, mapping=mapping, styles=styles)
            if data.get("start") != "false":
                start = import_check_start if data.get("dry_run") == "true" else import_run_start
                start(actor=self.actor, batch=batch)
        except Exception:
            batch.file.delete(save=False)  # the import itself is rolled back with the refusal
            raise
        if data.get("start") == "false":
            return self.answer(self.find(batch.pk), 201, {"Location": f"{request.path}/{batch.public_id}"})
        return self.accepted(batch, is_new=True)

    @extend_schema(request=ImportChangeSerializer, responses=ImportSerializer)
    def partial_update(self, request: Request, id: str) -> Response:
        """What the import is: mapping, options, how the file is read."""
        batch = self.record(locked=True)
        check_match(request, version_of(self.represent([batch])[0]))
        data = self.body(serializer=ImportChangeSerializer)
        reading = _chosen(data)
        if reading:
            batch = import_settings(actor=self.actor, batch=batch, chosen=reading)
        for part in ("mapping", "styles"):
            for name in data.get(part, ()):
                _column(batch, name, field=part)
        said = {name: value for name, value in data.items() if name not in _READING}
        if said:
            batch = import_map(actor=self.actor, batch=batch, **said)
        return self.answer(self.find(batch.pk))

    def remove_one(self, record: ImportBatch) -> None:
        import_discard(actor=self.actor, batch=record)

    @action(detail=True, methods=["get"])
    def columns(self, request: Request, id: str) -> Response:
        """Columns of the file in its order: samples, how they write values, and what they become."""
        return self._in_place(self.record().columns)

    @action(detail=True, methods=["get"])
    def fields(self, request: Request, id: str) -> Response:
        """Fields that columns of this import may become."""
        return self._in_place(import_target_get(actor=self.actor, key=self.record().target).fields)

    def _in_place(self, rows: Sequence[Any]) -> Response:
        query = self.nested_query()
        kept = list(reversed(rows)) if query.sort.startswith("-") else rows
        page = rows_page(kept, order=f"{self.action} {query.sort}", cursor=query.cursor, limit=query.limit, count=query.count)
        return self.nested_page(page, query)

    @extend_schema(request=EmptySerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, id: str) -> Response:
        """Starts the dry run: 202. It tells the faults of every cell and what writing would do."""
        self.body(serializer=EmptySerializer)
        batch = self.record()
        import_check_start(actor=self.actor, batch=batch)
        return self.accepted(batch)

    @action(detail=True, methods=["get"], url_path="rejected-rows")
    def rejected_rows(self, request: Request, id: str) -> Response:
        """Rows that did not come in, in the file's order, with every fault."""
        batch, query = self.record(), self.nested_query()
        head = query.value("column")
        names = [column["name"] for column in batch.columns]
        if head is not None and head not in names:
            raise BadParameter("column", "unknown", _("The file has no column %(name)s.") % {"name": head[:60]})
        column = None if head is None else names.index(head)
        rows = rejected_rows(actor=self.actor, batch=batch, code=query.value("code", default=""), column=column)
        return self.nested(rows, query, names=names)

    @extend_schema(
        parameters=[OpenApiParameter("format", {"type": "string", "enum": ["csv", "xlsx"], "default": "csv"})],
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], url_path="rejected-rows/file")
    def rejected_file(self, request: Request, id: str) -> HttpResponseBase:
        """All of them as a file with the reasons in its last column: correct it and send it again."""
        query = request._request.GET
        refuse_unknown(query, ["format"])
        if query.get("format", "csv") not in FORMATS:
            raise BadParameter("format", "unknown", _("A file is csv or xlsx."))
        return rejected_answer(actor=self.actor, batch=self.record(), file_format=query.get("format", "csv"))

    @extend_schema(request=RowFixSerializer, responses=RejectedRowSerializer)
    @action(detail=True, methods=["post"], url_path="fix-row")
    def fix_row(self, request: Request, id: str) -> Response:
        """Puts other texts into cells of a rejected row between check and writing, and checks it again."""
        batch, data = self.record(), self.body(serializer=RowFixSerializer)
        cells = {_column(batch, name, field="cells"): text for name, text in data["cells"].items()}
        try:
            row = import_row_fix(actor=self.actor, batch=batch, row_no=data["row"], cells=cells)
        except NotFound as missing:  # of the row that the body names, not of this address
            missing.field = "row"
            raise
        names = [column["name"] for column in batch.columns]
        return Response(RejectedRowSerializer(row, context={"names": names}).data)

    @extend_schema(request=ValueFixSerializer, responses=FixedSerializer)
    @action(detail=True, methods=["post"], url_path="fix-value")
    def fix_value(self, request: Request, id: str) -> Response:
        """Puts one text for another wherever it is at fault, at most 5,000 rows at once; says how many may come in now."""
        batch, data = self.record(), self.body(serializer=ValueFixSerializer)
        data["column"] = _column(batch, data["column"], field="column")
        return Response({"fixed": import_value_fix(actor=self.actor, batch=batch, **data).fixed})

    @action(detail=True, methods=["get"])
    def matches(self, request: Request, id: str) -> Response:
        """Rows of a checked file that meet a known record, the first 1,000: which one, by what, what would change there and what stays."""
        batch, query = self.record(), self.nested_query()
        rows = match_rows_list(actor=self.actor, batch=batch)
        rows = rows[::-1] if query.sort.startswith("-") else rows
        page = rows_page(rows, order=f"matches {query.sort}", cursor=query.cursor, limit=query.limit, count=query.count)
        found = {match.row_no: match for match in match_list(actor=self.actor, batch=batch, rows=page.rows)}
        return self.nested_page(replace(page, rows=[found[row] for row in page.rows if row in found]), query, batch=batch)

    @extend_schema(request=ApartSerializer, responses=ImportSerializer)
    @action(detail=True, methods=["post"], url_path="keep-apart")
    def keep_apart(self, request: Request, id: str) -> Response:
        """Says between check and writing that a row is not the record that it meets, so that it becomes one of its own."""
        batch, data = self.record(), self.body(serializer=ApartSerializer)
        import_row_apart(actor=self.actor, batch=batch, row_no=data["row"], apart=data.get("apart", True))
        return self.answer(self.find(batch.pk))

    @extend_schema(request=WriteSerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def write(self, request: Request, id: str) -> Response:
        """Writes what the check found good, or goes on where writing stopped: 202."""
        policy = self.body(serializer=WriteSerializer).get("policy", "")
        batch = self.record()
        import_write_start(actor=self.actor, batch=batch, policy=policy)
        return self.accepted(batch)

    @extend_schema(request=EmptySerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: str) -> Response:
        """Takes a finished import back, within 24 hours: 202."""
        self.body(serializer=EmptySerializer)
        batch = self.record()
        import_undo_start(actor=self.actor, batch=batch)
        return self.accepted(batch)


_READING = ("encoding", "delimiter", "sheet", "head_row")


def _chosen(data: Mapping[str, Any]) -> dict[str, Any]:
    """How the file is to be read, where the body says so; rows of the head counted from 0 inside, None without one."""
    chosen = {name: data[name] for name in _READING[:3] if data.get(name)}
    if "head_row" in data:
        chosen["head_row"] = data["head_row"] - 1 if data["head_row"] else None
    return chosen


def _column(batch: ImportBatch, name: str, *, field: str) -> int:
    """The column under a head. Raises Invalid."""
    names = [column["name"] for column in batch.columns]
    if name not in names:
        raise Invalid("unknown_column", _("The file has no column %(name)s.") % {"name": name[:60]}, field=field)
    return names.index(name)


def _mapping(text: str) -> dict[str, str]:
    try:
        found = read_json(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise Invalid("mapping_unreadable", _("The mapping is a JSON object: head → field."), field="mapping")
    return found


def _styles(text: str, batch: ImportBatch) -> dict[str, dict[str, Any]]:
    """How columns write their values, as ``PATCH`` takes it, from a field of the form."""
    try:
        told = read_json(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Invalid(
            "styles_unreadable", _("The styles are a JSON object: head → how it writes its values."), field="styles"
        )
    found = {}
    for name, style in told.items():
        _column(batch, name, field="styles")
        part = ColumnStyleSerializer(data=style)
        if not part.is_valid():
            raise Invalid(
                "styles_unreadable", _("The styles are a JSON object: head → how it writes its values."), field="styles"
            )
        found[name] = dict(part.validated_data)
    return found
