"""The list of studies, and what a run answered, as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from prm.access.actors import Actor
from prm.core.errors import NotFound
from prm.core.money import reporting_currency
from prm.core.text import whole_number
from prm.exports.sources import Asked, Source, of_queryset, sources
from prm.exports.writers import Column
from prm.partners.models import Lifecycle
from prm.ui import formats
from prm.ui.tables import ListSpec
from profiling.studies.kinds import kinds
from profiling.studies.models import RunResult, Study, StudyRun
from profiling.studies.selectors import result_list, run_by_number, run_shown, study_get
from profiling.studies.tables import finding_words, state_words, studies_of, study_list_spec

STUDY_COLUMNS = (
    Column("id", gettext_lazy("Id"), lambda s: s.public_id, width=34),
    Column("study", gettext_lazy("Study"), lambda s: s.shown_title, width=32),
    Column("kind", gettext_lazy("Kind"), lambda s: kinds.get(s.kind).label),
    Column("state", gettext_lazy("State"), state_words),
    Column("finding", gettext_lazy("What it found"), finding_words, width=48),
    Column("owner", gettext_lazy("Asked by"), lambda s: s.owner.name if s.owner else None, width=24),
    Column("run", gettext_lazy("Last run"), lambda s: s.last_run_number, kind="number"),
    Column("run_at", gettext_lazy("When"), lambda s: s.last_run_at, kind="datetime"),
    Column("kept", gettext_lazy("Companies kept"), lambda s: s.last_kept, kind="number"),
    Column("universe", gettext_lazy("Of"), lambda s: s.last_universe, kind="number"),
)
_RESULTS = ListSpec(name="study-results", columns=())


def _studies(actor: Actor, asked: Asked) -> QuerySet[Study]:
    return studies_of(actor=actor, state=asked.state)


def _run(actor: Actor, asked: Asked) -> StudyRun:
    study = study_get(actor=actor, study_id=asked.of)
    number = whole_number(asked.query.get("run"), None)
    run = run_by_number(actor=actor, study=study, number=number) if number is not None else None
    run = run or run_shown(actor=actor, study=study)
    if run is None:
        raise NotFound("no_run", _("This study has no finished run yet."))
    return run


def _results(actor: Actor, asked: Asked) -> Any:
    rows = result_list(actor=actor, run=_run(actor, asked), line=asked.query.get("line", ""))
    return rows.select_related("company__partner")


def _result_columns(actor: Actor, asked: Asked) -> Sequence[Column]:
    run = _run(actor, asked)
    columns = list(kinds.get(run.study.kind).columns(run))
    places = [at for at, column in enumerate(columns, start=1) if column.name == "company_name"]
    return [*columns[: places[0]], *COMPANY_COLUMNS, *columns[places[0] :]] if places else columns


def _status(result: RunResult) -> str | None:
    partner = getattr(result.company, "partner", None)
    return str(Lifecycle(partner.lifecycle).label) if partner else None


#: What a reader of the file needs of a company besides its name, for people of the vendor.
COMPANY_COLUMNS = (
    Column("typology", gettext_lazy("Typology"), lambda r: r.company.get_typology_display() if r.company.typology else None),
    Column("status", gettext_lazy("Status"), _status),
    Column("website", gettext_lazy("Website"), lambda r: r.company.website or None, width=28),
)


def _about(actor: Actor, asked: Asked) -> list[tuple[str, Any]]:
    """What the rows answer: question, run, when, by whom, and what held-out partners say."""
    run = _run(actor, asked)
    kind = kinds.get(run.study.kind)
    verdict = (kind.weighed(run) or {}).get("verdict")
    told = [
        (_("Study"), run.study.shown_title),
        (_("Question"), kind.asks),
        *kind.question(actor, run).items(),
        (pgettext("noun", "Run"), formats.number(run.number)),
        (_("Run on"), formats.moment(run.finished_at)),
        (_("Run by"), run.started_by.name if run.started_by else _("Somebody who left")),
        (_("Companies compared"), formats.number(run.universe_count)),
        (_("Companies kept"), formats.number(run.kept_count)),
        (_("Amounts in"), reporting_currency()),
        (_("Version of the formula"), run.code_version[:7]),
        *([(_("What held-out partners say"), verdict)] if verdict else []),
        (_("Taken out by"), actor.name),
        (_("Taken out on"), formats.moment(timezone.now())),
    ]
    return [(str(name), str(value)) for name, value in told]


def register() -> None:
    """Called once, when the app is ready."""
    sources.register(
        Source(
            key="studies", label=gettext_lazy("Studies"), permission="profiling.study:export",
            spec=lambda actor, of: study_list_spec(), columns=lambda actor, asked: STUDY_COLUMNS,
            shown={"run": ("run", "run_at"), "kept": ("kept", "universe")}, **of_queryset(_studies),
        )
    )  # fmt: skip
    sources.register(
        Source(
            key="study-results", label=gettext_lazy("Answers of a study"), permission="profiling.study:export",
            spec=lambda actor, of: _RESULTS, columns=_result_columns, about=_about, **of_queryset(_results),
            name=lambda actor, of: study_get(actor=actor, study_id=of).shown_title, also=("run", "line"),
        )
    )  # fmt: skip
