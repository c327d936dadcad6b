"""What profiling adds to the vendor's home: studies nobody acted on, lists that wait, known potential."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.access.actors import Actor
from prm.core.ids import typeid_encode
from prm.partners.navigation import CompanyAct, company_acts
from prm.ui import formats, home
from profiling.studies.kinds import kinds
from profiling.studies.models import StudyRun
from profiling.targets.selectors_home import (
    has_studies,
    lists_waiting,
    potential_known,
    runs_not_acted_on,
    study_names,
    target_list_names,
)

FRESH = timedelta(days=30)


def _runs(whose: home.Whose) -> list[StudyRun]:
    since = timezone.now() - FRESH
    return whose.once("runs", lambda: runs_not_acted_on(actor=whose.actor, since=since, person_id=whose.person_id))


def studies_finished(whose: home.Whose) -> home.Work | None:
    """Runs of the last thirty days whose companies are on no target list."""
    runs = _runs(whose)
    items = [
        home.WorkItem(
            subject=run.study.title,
            why=_("%(kind)s, run %(number)s · %(count)s companies, none on a target list")
            % {
                "kind": kinds.get(run.study.kind).label,
                "number": run.number,
                "count": formats.number(run.kept_count or run.universe_count or 0),
            },
            url=home.address("vendor:profiling:study-detail", run.study.public_id),
            act=_("Choose targets"),
            due=formats.ago(run.finished_at),
        )
        for run in runs[: home.SHOWN]
    ]
    return home.Work(items=items, total=len(runs))


def targets_waiting(whose: home.Whose) -> home.Work | None:
    """Target lists with companies that nobody has made a candidate."""
    lists = lists_waiting(actor=whose.actor, person_id=whose.person_id)
    now = timezone.now()
    items = [
        home.WorkItem(
            subject=waiting.found.name,
            why=ngettext(
                "%(left)s of %(size)s company not approached", "%(left)s of %(size)s companies not approached", waiting.size
            )
            % {"left": formats.number(waiting.left), "size": formats.number(waiting.size)},
            url=home.address("vendor:profiling:target-list-detail", waiting.found.public_id),
            act=_("Open"),
            due=formats.ago(waiting.found.updated_at),
            tone="soon" if (now - waiting.found.updated_at).days > 30 else "",
        )
        for waiting in lists[: home.SHOWN]
    ]
    return home.Work(items=items, total=len(lists))


def potential_kpi(whose: home.Whose) -> home.Kpi | None:
    """Potential of the last ranking, over all its companies and families, and the share of it that is realised."""
    found = potential_known(actor=whose.actor)
    if found is None:
        return None
    realised = found.actual / found.potential
    return home.Kpi(
        label=_("Potential known"),
        value=formats.money(found.potential, settings.REPORTING_CURRENCY, short=True),
        share=min(realised, 1.0),
        about=_("%(share)s realised · %(count)s companies")
        % {
            "share": formats.percent(realised, 0 if realised >= 0.1 else 1),
            "count": formats.number(found.companies),
        },
    )


def _studies(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    titles = study_names(actor=actor, ids=list(ids))
    return {
        key: (title, home.address("vendor:profiling:study-detail", typeid_encode("study", key)))
        for key, title in titles.items()
    }


def _lists(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    names = target_list_names(actor=actor, ids=list(ids))
    return {
        key: (name, home.address("vendor:profiling:target-list-detail", typeid_encode("targets", key)))
        for key, name in names.items()
    }


def register() -> None:
    """Called once, when the app is ready."""
    company_acts.register(
        CompanyAct(
            key="targets", label=gettext_lazy("Add to target list"), url_name="vendor:profiling:target-add-companies",
            permission="profiling.target_list:edit", icon="target-arrow", order=5,
        )
    )  # fmt: skip
    home.work.register(
        home.WorkSource(
            key="profiling.studies", label=gettext_lazy("Studies not acted on"), icon="chart-dots-3",
            permission="profiling.study:view", provider=studies_finished, order=30,
        )
    )  # fmt: skip
    home.work.register(
        home.WorkSource(
            key="profiling.targets", label=gettext_lazy("Target lists waiting"), icon="target-arrow",
            permission="profiling.target_list:view", provider=targets_waiting, order=35,
        )
    )  # fmt: skip
    home.kpis.register(
        home.KpiSource(key="profiling.potential", permission="profiling.study:view", provider=potential_kpi, order=35)
    )
    home.subjects.register(home.SubjectNames("study", _studies))
    home.subjects.register(home.SubjectNames("target_list", _lists))
    home.acts.register(
        home.HomeAct(
            key="profiling.study", label=gettext_lazy("New study"), icon="plus", url_name="vendor:profiling:study-new",
            permission="profiling.study:create", order=10,
        )
    )  # fmt: skip
    home.steps.register(
        home.FirstStep(
            key="study", order=30, title=gettext_lazy("Ask who looks like them"),
            text=gettext_lazy("Choose the partners that work well; every other company gets a resemblance and its reasons."),
            act=gettext_lazy("Start a study"), url_name="vendor:profiling:study-new", permission="profiling.study:create",
            is_done=lambda whose: bool(_runs(whose)) or has_studies(actor=whose.actor),
        )
    )  # fmt: skip
