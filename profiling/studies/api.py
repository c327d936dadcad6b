"""``/api/v1/studies``, ``/runs``: ask, poll, read; the same figures as the pages and the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import (
    ChoiceField,
    FlagField,
    MomentField,
    NumberField,
    ObjectField,
    PublicIdField,
    TextField,
    TypeIdField,
    WholeField,
)
from prm.api.problems import BadParameter
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, NestedList, RetrieveMixin, UpdateMixin
from prm.core.errors import Invalid, NotFound
from prm.core.keyset import rows_page
from profiling.studies.answers import MONEY_SHAPE
from profiling.studies.kinds import kinds
from profiling.studies.models import RunResult, Study, StudyRun
from profiling.studies.rules import MOVES, compared_in_order, move_of
from profiling.studies.selectors import (
    has_line,
    result_list,
    run_before,
    run_get,
    run_list,
    runs_compared,
    study_get,
    study_list,
)
from profiling.studies.services import run_pin, study_archive, study_create, study_restore, study_run, study_update


class WeighedSerializer(ApiSerializer):
    """Weights that a run was served with."""

    chosen_by = ChoiceField(
        choices=["set", "suggested", "equal"], help_text="by hand, by the references, or nobody: all equal"
    )
    groups = serializers.DictField(child=WholeField(), help_text="Shares by group; they add up to 100.")
    verdict = TextField(
        help_text="What partners that were put aside say of them, in the language that Accept-Language asks for."
    )


class RunSerializer(ApiSerializer):
    """One run: what was asked, of what, and how far it is."""

    id = PublicIdField("run")
    study = TypeIdField("study", source="study_id", read_only=True)
    number = WholeField(read_only=True)
    state = serializers.SerializerMethodField()
    job = TypeIdField("job", source="job_id", read_only=True, allow_null=True)
    parameters = ObjectField(read_only=True)
    seed = WholeField(read_only=True)
    code_version = TextField(read_only=True)
    snapshot = serializers.SerializerMethodField()
    universe_count = WholeField(read_only=True, allow_null=True)
    kept_count = WholeField(read_only=True, allow_null=True)
    seconds = NumberField(read_only=True, allow_null=True)
    summary = ObjectField(read_only=True)
    evaluation = ObjectField(
        read_only=True, help_text="Figures on partners that were put aside: lifts with their standard errors."
    )
    finding = serializers.SerializerMethodField(help_text="What it found, in the language that Accept-Language asks for.")
    weighed = serializers.SerializerMethodField(help_text="null before the end, and where a kind weighs nothing")
    is_pinned = FlagField(read_only=True, help_text="Kept for ever; other pages take their figures from it first.")
    created_at = MomentField(read_only=True)
    finished_at = MomentField(read_only=True, allow_null=True)

    example = {
        "id": "run_01h455vb4pex5vsknk084sn02q",
        "study": "study_01h455vb4pex5vsknk084sn02q",
        "number": 7,
        "state": "done",
        "job": "job_01h455vb4pex5vsknk084sn02q",
        "parameters": {"references": ["company_01h455vb4pex5vsknk084sn02q"], "groups": {"offer": 25}},
        "seed": 0,
        "code_version": "9f2c7d1e0b3a4455",
        "snapshot": "b1946ac92492d2347c6235b4d2611184",
        "universe_count": 5012,
        "kept_count": 1000,
        "seconds": 0.4,
        "summary": {"reference_count": 3},
        "evaluation": {"status": "within_error", "partners": 24},
        "finding": "12 companies are at least 80 % alike.",
        "weighed": {
            "chosen_by": "set",
            "groups": {"offer": 40, "complementary": 35, "customers": 25},
            "verdict": "On 24 held-out partners these weights find 8.1× what chance would in the top 1 %; equal weights 7.9×. "
            "The difference is within the error.",
        },
        "is_pinned": False,
        "created_at": "2026-05-18T12:02:00Z",
        "finished_at": "2026-05-18T12:02:01Z",
    }

    @extend_schema_field({"type": "string", "enum": ["queued", "running", "cancelling", "cancelled", "failed", "done"]})
    def get_state(self, run: StudyRun) -> str:
        if run.is_finished:
            return "done"
        return run.job.state if run.job is not None else "failed"

    @extend_schema_field({"type": "string"})
    def get_finding(self, run: StudyRun) -> str:
        found = run.summary.get("finding")
        return str(kinds.get(run.study.kind).finding(found)) if found else ""

    @extend_schema_field(WeighedSerializer(allow_null=True))
    def get_weighed(self, run: StudyRun) -> dict[str, Any] | None:
        return kinds.get(run.study.kind).weighed(run)

    @extend_schema_field({"type": ["string", "null"]})
    def get_snapshot(self, run: StudyRun) -> str | None:
        return run.snapshot.content_hash if run.snapshot is not None else None


class RunStartSerializer(ApiSerializer):
    """Starting a run. The seed fixes every random choice: samples and folds."""

    seed = WholeField(required=False, default=0, min_value=0, max_value=2**31 - 1)

    example_request = {"seed": 0}


class ResultSerializer(ApiSerializer):
    """A row of a run, as its kind gives it: its figure, what it rests on, and why."""

    example = {
        "rank": 1,
        "company": "company_01h455vb4pex5vsknk084sn02q",
        "company_name": "Isère Cloud",
        "resemblance": 82.2,
        "percentile": 99.9,
        "known_share": 0.96,
        "contributions": {
            "offer": 22.0,
            "complementary": 18.8,
            "customers": 14.8,
            "strike": 11.8,
            "territory": 6.2,
            "growth": 8.6,
        },
        "potential": {
            "p10": {"amount": "198000.00", "currency": "EUR"},
            "p50": {"amount": "412000.00", "currency": "EUR"},
            "p90": {"amount": "870000.00", "currency": "EUR"},
        },
        "marks": [],
    }

    def to_representation(self, instance: RunResult) -> dict[str, Any]:
        return kinds.get(self.context["kind"]).answer(instance)


_FIGURE = {"oneOf": [{"type": "number"}, MONEY_SHAPE]}


class ComparedSerializer(ApiSerializer):
    """A company of two runs. ``rank`` is null for one that went out, ``rank_before`` for one that came in; ``moved`` is how many
    places it rose. The figure is what the kind ranks by: resemblance, or the gap as money."""

    company = TypeIdField("company", source="company.pk", read_only=True)
    company_name = TextField(source="company.name", read_only=True)
    move = serializers.SerializerMethodField()
    moved = WholeField(read_only=True, allow_null=True)
    rank = WholeField(read_only=True, allow_null=True)
    rank_before = WholeField(source="other_rank", read_only=True, allow_null=True)
    figure = serializers.SerializerMethodField()
    figure_before = serializers.SerializerMethodField()
    change = serializers.SerializerMethodField()

    example = {
        "company": "company_01h455vb4pex5vsknk084sn02q",
        "company_name": "Isère Cloud",
        "move": "rose",
        "moved": 3,
        "rank": 1,
        "rank_before": 4,
        "figure": 82.2,
        "figure_before": 79.6,
        "change": 2.6,
    }

    @extend_schema_field({"type": "string", "enum": list(MOVES)})
    def get_move(self, row: dict[str, Any]) -> str:
        return move_of(row)

    @extend_schema_field(_FIGURE)
    def get_figure(self, row: dict[str, Any]) -> Any:
        return self._answer(row["figure"])

    @extend_schema_field(_FIGURE)
    def get_figure_before(self, row: dict[str, Any]) -> Any:
        return self._answer(row["other_figure"])

    @extend_schema_field(_FIGURE)
    def get_change(self, row: dict[str, Any]) -> Any:
        return self._answer(row["change"])

    def _answer(self, value: Decimal | None) -> Any:
        return None if value is None else kinds.get(self.context["kind"]).figure.answer(value)


class ResultShape(OpenApiSerializerExtension):
    """A row is one of what the kinds answer."""

    target_class = ResultSerializer

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {
            "description": ResultSerializer.__doc__,
            "oneOf": [
                {"type": "object", "title": kind.key, "properties": dict(kind.shape), "required": list(kind.shape)}
                for kind in kinds
            ],
        }


class StudySerializer(ApiSerializer):
    """A question that can be run again."""

    id = PublicIdField("study")
    kind = ChoiceField(choices=[kind.key for kind in kinds])
    title = TextField(max_length=200)
    parameters = ObjectField(
        required=False, default=dict, help_text="The question; docs/users/studies.md says what each kind takes."
    )
    owner = TypeIdField("person", source="owner_id", read_only=True, allow_null=True)
    is_pinned = FlagField(required=False)
    is_archived = serializers.SerializerMethodField()
    last_run_number = WholeField(source="last_number", read_only=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "study_01h455vb4pex5vsknk084sn02q",
        "kind": "look_alike",
        "title": "Who looks like our three best in the West",
        "parameters": {
            "references": ["company_01h455vb4pex5vsknk084sn02q"],
            "groups": {"offer": 25, "complementary": 20},
            "criteria": {},
            "filters": {"status": "not_active", "min_known": 0.5, "typologies": [], "countries": []},
            "excluded": [],
        },
        "owner": "person_01h455vb4pex5vsknk084sn02q",
        "is_pinned": False,
        "is_archived": False,
        "last_run_number": 7,
        "created_at": "2026-05-18T12:00:00Z",
        "updated_at": "2026-05-18T12:02:00Z",
    }
    example_request = {
        "kind": "look_alike",
        "title": "Who looks like our three best in the West",
        "parameters": {"references": ["company_01h455vb4pex5vsknk084sn02q"]},
    }

    @extend_schema_field({"type": "boolean"})
    def get_is_archived(self, study: Study) -> bool:
        return study.archived_at is not None


@contextmanager
def _within_parameters() -> Iterator[None]:
    """A refusal of the question points into ``parameters``, where it stands in the body."""
    try:
        yield
    except Invalid as refusal:
        if refusal.field not in {None, "kind", "title"}:
            refusal.field = f"parameters.{refusal.field}"
        raise


class StudyViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin):
    """Studies, and their runs."""

    resource, prefix = "studies", "study"
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
        Filter("archived", Kind.FLAG, is_column=False, help="archived ones instead of the others"),
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
        with _within_parameters():
            study = study_create(actor=self.actor, kind=data["kind"], title=data["title"], parameters=data["parameters"])
        if data.get("is_pinned"):
            study_update(actor=self.actor, study_id=study.pk, is_pinned=True)
        return self.find(study.pk)  # as the database holds it: the ETag is that of the next read

    def change_one(self, record: Study, data: dict[str, Any], *, partial: bool) -> Study:
        if data.get("kind", record.kind) != record.kind:
            raise serializers.ValidationError({"kind": "A study keeps its kind."})
        with _within_parameters():
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


#: What tells several rankings of one run apart, by the kinds of studies that have them.
_LINES = {kind.line for kind in kinds if kind.line}
_OF_LINE = [Filter(line, Kind.TEXT, is_column=False, help="of kinds that rank by it") for line in sorted(_LINES)]


class RunViewSet(RetrieveMixin):
    """One run, and its rows."""

    resource, prefix = "runs", "run"
    serializer_class = RunSerializer
    permissions = {
        "retrieve": "profiling.study:view",
        "results": "profiling.study:view",
        "compare": "profiling.study:view",
        "pin": "profiling.study_run:pin",
        "unpin": "profiling.study_run:pin",
    }
    lists = {
        "results": NestedList(
            ResultSerializer,
            sorts={"rank": ("rank",)},
            default_sort="rank",
            filters=(
                Filter(
                    "company", Kind.ID, "company_id", prefix="company", help="the row of one company: why it stands there"
                ),
                *_OF_LINE,
            ),
        ),
        "compare": NestedList(
            ComparedSerializer,
            sorts={"rank": ("rank",), "moved": ("moved",)},
            default_sort="rank",
            filters=(
                Filter(
                    "with",
                    Kind.ID,
                    prefix="run",
                    is_column=False,
                    is_single=True,
                    help="another finished run of the study; the one before when left out",
                ),
                Filter("move", Kind.CHOICE, choices=MOVES, is_column=False),
                *_OF_LINE,
            ),
        ),
    }

    def find(self, key: UUID) -> StudyRun:
        return run_get(actor=self.actor, run_id=key)

    @action(detail=True, methods=["get"])
    def results(self, request: Request, id: str) -> Response:
        """The best companies, best first, or the rows of some; of a ranking for one line, or for all of them together."""
        run = self.record()
        query, line = self._asked_of(run)
        rows = result_list(actor=self.actor, run=run, line=line)
        return self.nested(query.narrow(rows), query, kind=run.study.kind)

    @action(detail=True, methods=["get"])
    def compare(self, request: Request, id: str) -> Response:
        """Who rose, fell, came in or went out among the first 200 of this run and of another; of a ranking also for one line."""
        run = self.record()
        query, line = self._asked_of(run)
        rows = runs_compared(actor=self.actor, run=run, other=self._other(run, query.value("with")), line=line)
        moves = query.values("move")
        kept = compared_in_order([row for row in rows if not moves or move_of(row) in moves], query.sort)
        page = rows_page(kept, order=f"compared {query.sort}", cursor=query.cursor, limit=query.limit, count=query.count)
        return self.nested_page(page, query, kind=run.study.kind)

    @extend_schema(request=EmptySerializer, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def pin(self, request: Request, id: str) -> Response:
        """Keeps the run's rows for ever."""
        return self._pinned(True)

    @extend_schema(request=EmptySerializer, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def unpin(self, request: Request, id: str) -> Response:
        """Lets its rows go with age."""
        return self._pinned(False)

    def _pinned(self, is_pinned: bool) -> Response:
        self.body(serializer=EmptySerializer)
        return self.answer(run_pin(actor=self.actor, run=self.record(), is_pinned=is_pinned))

    def _asked_of(self, run: StudyRun) -> tuple[ListQuery, str]:
        """The query, and the line of its kind that it names."""
        line = kinds.get(run.study.kind).line
        query = self.nested_query(without=_LINES - {line})
        named = query.value(line, default="") if line else ""
        if named and not has_line(actor=self.actor, run=run, line=named):
            raise BadParameter(line, "unknown_code", _("There is no %(code)s.") % {"code": named[:60]})
        return query, named

    def _other(self, run: StudyRun, key: UUID | None) -> StudyRun:
        try:
            other = run_get(actor=self.actor, run_id=key, study=run.study) if key else run_before(actor=self.actor, run=run)
        except NotFound:
            other = None
        if other is None or not other.is_finished or not run.is_finished:
            raise BadParameter("with", "no_such_run", _("Name another finished run of this study."))
        return other


router.register(StudyViewSet)
router.register(RunViewSet)
