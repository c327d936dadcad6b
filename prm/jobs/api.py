"""``/api/v1/jobs``: long work by API: see it, poll it, stop it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import ChoiceField, MomentField, ObjectField, PublicIdField, TextField, WholeField
from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import NewestFirstMixin, RetrieveMixin, ScopedViewSet
from prm.jobs.models import Job, JobState
from prm.jobs.rules import percent_of, seconds_left
from prm.jobs.selectors import job_get, job_list
from prm.jobs.services import job_cancel, job_retry


class ProgressSerializer(ApiSerializer):
    """How far it is; null while not known."""

    percent = WholeField(allow_null=True)
    done = WholeField()
    total = WholeField(allow_null=True)
    seconds_left = WholeField(allow_null=True)


class JobErrorSerializer(ApiSerializer):
    """Why it failed."""

    code = TextField()
    detail = TextField()


class JobSerializer(ApiSerializer):
    """One piece of long work."""

    id = PublicIdField("job")
    kind = TextField(read_only=True)
    title = TextField(read_only=True)
    state = ChoiceField(choices=JobState.values, read_only=True)
    progress = serializers.SerializerMethodField()
    result = ObjectField(read_only=True, allow_null=True)
    error = serializers.SerializerMethodField()
    created_at = MomentField(read_only=True)
    started_at = MomentField(read_only=True, allow_null=True)
    finished_at = MomentField(read_only=True, allow_null=True)

    example = {
        "id": "job_01h455vb4pex5vsknk084sn02q",
        "kind": "imports.import",
        "title": "Importing companies-west.xlsx",
        "state": "running",
        "progress": {"percent": 62, "done": 6214, "total": 10000, "seconds_left": 20},
        "result": None,
        "error": None,
        "created_at": "2026-05-19T07:24:00Z",
        "started_at": "2026-05-19T07:24:01Z",
        "finished_at": None,
    }

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, job: Job) -> dict[str, Any]:
        elapsed = timezone.now() - job.started_at if job.started_at and job.is_open else None
        return {
            "percent": percent_of(job.units_done, job.units_total, is_done=job.state == JobState.DONE),
            "done": job.units_done,
            "total": job.units_total,
            "seconds_left": seconds_left(job.units_done, job.units_total, elapsed) if elapsed else None,
        }

    @extend_schema_field(JobErrorSerializer(allow_null=True))
    def get_error(self, job: Job) -> dict[str, Any] | None:
        return {"code": job.error_code, "detail": job.error} if job.error_code else None


class JobViewSet(NewestFirstMixin, RetrieveMixin, HistoryMixin, ScopedViewSet):
    """Long work: imports, studies, exports."""

    resource, prefix = "jobs", "job"
    label = _("Jobs")
    serializer_class = JobSerializer
    permissions = {
        "list": "jobs.job:view",
        "retrieve": "jobs.job:view",
        "cancel": "jobs.job:cancel",
        "retry": "jobs.job:retry",
    }
    filters = (
        Filter("state", Kind.CHOICE, choices=JobState.values),
        Filter("kind", Kind.TEXT),
        Filter("created_at", Kind.MOMENT),
        Filter("mine", Kind.FLAG, is_column=False, help="Only those that you started."),
    )

    def rows(self, query: ListQuery) -> QuerySet[Job]:
        return job_list(actor=self.actor, mine=query.value("mine", default=False))

    def find(self, key: UUID) -> Job:
        return job_get(actor=self.actor, job_id=key)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        """Stops it. The answer shows it cancelled, or cancelling while parts of it still end."""
        self.body(serializer=EmptySerializer)
        return self.answer(job_cancel(actor=self.actor, job=self.record()))

    @action(detail=True, methods=["post"])
    def retry(self, request: Request, id: str) -> Response:
        """Lets a failed or cancelled job go on where it stopped."""
        self.body(serializer=EmptySerializer)
        return self.answer(job_retry(actor=self.actor, job=self.record()))


router.register(JobViewSet)
