"""What target lists add to the vendor's home: runs of which nobody is on a list, and lists that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.access.actors import Actor
from prm.core.ids import typeid_encode
from prm.events.subjects import SubjectNames, subject_names
from prm.ui import formats, home
from profiling.studies.kinds import kinds
from profiling.targets.models import TargetList
from profiling.targets.selectors_home import lists_waiting, runs_not_acted_on, target_list_names

FRESH = timedelta(days=30)


def studies_finished(whose: home.Whose) -> home.Work | None:
    """Runs of the last thirty days whose companies are on no target list."""
    since = timezone.now() - FRESH
    runs = runs_not_acted_on(actor=whose.actor, since=since, person_id=whose.person_id)
    items = [
        home.WorkItem(
            subject=run.study.shown_title,
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
    return home.Work(items=items, total=len(runs), all_url=home.address("vendor:profiling:study-list"))


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
    return home.Work(items=items, total=len(lists), all_url=home.address("vendor:profiling:target-list-list"))


def _lists(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    names = target_list_names(actor=actor, ids=list(ids))
    return {
        key: (name, home.address("vendor:profiling:target-list-detail", typeid_encode(TargetList.typeid_prefix, key)))
        for key, name in names.items()
    }


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
subject_names.register(SubjectNames("target_list", _lists))
