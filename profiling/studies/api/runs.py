"""``/api/v1/runs``: poll, read the rows, compare, keep."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.problems import BadParameter
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import EmptySerializer
from prm.api.viewsets import NestedList, RetrieveMixin
from prm.core.errors import Conflict, NotFound
from prm.core.keyset import rows_page
from profiling.studies.api.question import within_parameters
from profiling.studies.api.serializers import (
    ComparedSerializer,
    EffectAskSerializer,
    EffectSerializer,
    ResultSerializer,
    RunSerializer,
)
from profiling.studies.kinds import kinds
from profiling.studies.models import StudyRun
from profiling.studies.rules import MOVES, compared_in_order, move_of
from profiling.studies.selectors import (
    has_line,
    result_list,
    run_before,
    run_get,
    runs_compared,
)
from profiling.studies.services import run_pin

#: What tells several rankings of one run apart, by the kinds of studies that have them.
_LINES = {kind.line for kind in kinds if kind.line}
_OF_LINE = [Filter(line, Kind.TEXT, is_column=False, help="Of kinds that rank by it.") for line in sorted(_LINES)]


class RunViewSet(RetrieveMixin):
    """One run, and its rows."""

    resource, prefix = "runs", "run"
    label = gettext_lazy("Runs of studies")
    serializer_class = RunSerializer
    permissions = {
        "retrieve": "profiling.study:view",
        "results": "profiling.study:view",
        "compare": "profiling.study:view",
        "effect": "profiling.study:view",
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
                    "company", Kind.ID, "company_id", prefix="company", help="The row of one company: why it stands there."
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
                    help="Another finished run of the study; the one before when left out.",
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

    @extend_schema(request=EffectAskSerializer, responses={200: EffectSerializer})
    @action(detail=True, methods=["post"])
    def effect(self, request: Request, id: str) -> Response:
        """What other weights would be worth, or those that the references suggest, on what this run read; no run is made."""
        data = self.body(serializer=EffectAskSerializer)
        run = self.record()
        kind = kinds.get(run.study.kind)
        if kind.effect is None:
            raise Conflict("nothing_weighed", _("Studies of this kind weigh nothing."))
        if not run.is_finished:
            raise Conflict("not_finished", _("The run is not finished."))
        with within_parameters():
            found = kind.effect(run, kind.clean(self.actor, data.get("parameters", run.parameters)), data["suggest"])
        if found is None:
            raise Conflict("snapshot_gone", _("What the run read is not kept any more. Run the study again."))
        return Response(found)

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
