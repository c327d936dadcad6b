"""How studies, runs and their rows are written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

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
from prm.api.serializers import ApiSerializer
from profiling.studies.answers import MONEY_SHAPE
from profiling.studies.kinds import kinds
from profiling.studies.models import RunResult, Study, StudyRun
from profiling.studies.rules import MOVES, move_of


class WeighedSerializer(ApiSerializer):
    """Weights that a run was served with."""

    chosen_by = ChoiceField(
        choices=["set", "suggested", "equal"], help_text="By hand, by the references, or by nobody: then all are equal."
    )
    groups = serializers.DictField(child=WholeField(), help_text="Shares by group; they add up to 100.")
    verdict = TextField(
        help_text="What partners that were put aside say of them, in the language that Accept-Language asks for."
    )


class EffectAskSerializer(ApiSerializer):
    """A question of the run's kind, as a whole; with ``suggest`` its weights of groups are those that the references suggest."""

    parameters = ObjectField(required=False, help_text="Those of the run where left out.")
    suggest = FlagField(default=False)

    example_request = {"suggest": True}


class EffectSerializer(WeighedSerializer):
    """What weights would be worth: as a run that asks so will tell it."""

    evaluation = ObjectField(help_text="Figures on partners that were put aside: lifts with their standard errors.")

    example = {
        "chosen_by": "suggested",
        "groups": {"offer": 40, "complementary": 35, "customers": 25},
        "verdict": "Works: finds our partners; no better or worse than equal weights for certain. "
        "24 partners were hidden among 2,431 companies. In the best 1 %, these weights find 8.1× (4.3 to 11.9) "
        "as many of them as chance would; equal weights 7.9× (4.2 to 11.6).",
        "evaluation": {"status": "within_error", "partners": 24},
    }


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
    weighed = serializers.SerializerMethodField(help_text="Null before the end, and where a kind weighs nothing.")
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
            "verdict": "Works: finds our partners; no better or worse than equal weights for certain. "
            "24 partners were hidden among 2,431 companies. In the best 1 %, these weights find 8.1× (4.3 to 11.9) "
            "as many of them as chance would; equal weights 7.9× (4.2 to 11.6).",
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
            "filters": {"status": "recruitable", "min_known": 0.5, "typologies": [], "countries": []},
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
