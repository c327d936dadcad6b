"""``/api/v1/studies``: ask, run, read; the same figures as the pages and the command."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery
from prm.api.viewsets import CreateMixin, ListMixin, NestedList, RetrieveMixin, UpdateMixin
from profiling.studies.api.question import within_parameters
from profiling.studies.api.serializers import (
    RunSerializer,
    RunStartSerializer,
    StudySerializer,
)
from profiling.studies.kinds import kinds
from profiling.studies.models import Study
from profiling.studies.selectors import (
    run_list,
    study_get,
    study_list,
)
from profiling.studies.services import study_archive, study_create, study_restore, study_run, study_update


class StudyViewSet(ListMixin, RetrieveMixin, HistoryMixin, CreateMixin, UpdateMixin):
    """Studies, and their runs."""

    resource, prefix = "studies", "study"
    label = _("Studies")
    serializer_class = StudySerializer
    permissions = {
        "list": "profiling.study:view",
        "retrieve": "profiling.study:view",
        "create": "profiling.study:create",
        "update": "profiling.study:edit",
        "partial_update": "profiling.study:edit",
        "archive": "profiling.study:archive",
        "restore": "profiling.study:archive",
        "runs": "profiling.study:view",
        "start": "profiling.study:run",
    }
    filters = (
        Filter("kind", Kind.CHOICE, choices=[kind.key for kind in kinds]),
        Filter("created_at", Kind.MOMENT),
        Filter("is_pinned", Kind.FLAG),
        Filter("archived", Kind.FLAG, is_column=False, help="The archived ones instead of the others."),
    )
    sorts = {"updated_at": ("updated_at",), "created_at": ("created_at",)}
    default_sort = "-updated_at"
    searchable = True
    lists = {"runs": NestedList(RunSerializer, sorts={"number": ("number",)}, default_sort="-number")}

    def rows(self, query: ListQuery) -> QuerySet[Any]:
        return study_list(actor=self.actor, q=query.q, archived=query.value("archived", default=False))

    def find(self, key: UUID) -> Study:
        return study_get(actor=self.actor, study_id=key)

    def create_one(self, data: dict[str, Any]) -> Study:
        with within_parameters():
            study = study_create(actor=self.actor, kind=data["kind"], title=data["title"], parameters=data["parameters"])
        if data.get("is_pinned"):
            study_update(actor=self.actor, study_id=study.pk, is_pinned=True)
        return self.find(study.pk)  # as the database holds it: the ETag is that of the next read

    def change_one(self, record: Study, data: dict[str, Any], *, partial: bool) -> Study:
        if data.get("kind", record.kind) != record.kind:
            raise serializers.ValidationError({"kind": "A study keeps its kind."})
        with within_parameters():
            study_update(
                actor=self.actor,
                study_id=record.pk,
                title=data.get("title"),
                parameters=data.get("parameters") if "parameters" in self.request.data or not partial else None,
                is_pinned=data.get("is_pinned"),
            )
        return self.find(record.pk)

    @extend_schema(request=None, responses=StudySerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: str) -> Response:
        """Takes it out of the lists; runs stay."""
        return self.answer(study_archive(actor=self.actor, study_id=self.record().pk))

    @extend_schema(request=None, responses=StudySerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:
        """Brings it back."""
        return self.answer(study_restore(actor=self.actor, study_id=self.record().pk))

    @action(detail=True, methods=["get"])
    def runs(self, request: Request, id: str) -> Response:
        """Its runs, newest first."""
        query = self.nested_query()
        return self.nested(run_list(actor=self.actor, study=self.record()).select_related("snapshot"), query)

    @extend_schema(request=RunStartSerializer, responses={202: RunSerializer})
    @runs.mapping.post
    def start(self, request: Request, id: str) -> Response:
        """Runs the question as it stands: 202 with the run; poll it, or its job."""
        seed = self.body(serializer=RunStartSerializer).get("seed", 0)
        run = study_run(actor=self.actor, study_id=self.record().pk, seed=seed)
        return Response(RunSerializer(run).data, status=202, headers={"Location": f"/api/v1/runs/{run.public_id}"})
