"""The list of studies as people see it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.jobs.models import JobState
from prm.jobs.progress import state_dot
from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, FlagFilter
from prm.ui.tables import Column, ListSpec, ListState
from profiling.studies.kinds import kinds
from profiling.studies.models import Study
from profiling.studies.selectors import study_list


def _name(study: Study) -> str:
    url = reverse("vendor:profiling:study-detail", args=[study.public_id])
    pin = marks.icon("bookmark", extra="i-sm", label=str(_("Pinned"))) if study.is_pinned else ""
    return marks.named(url, study.shown_title, pin)


def study_state(study: Study) -> str:
    """How far the newest run of a study from ``study_list`` is: the state of its job, ``done``, or '' where it was never run."""
    if study.newest_finished_at is not None:
        return JobState.DONE
    return study.newest_state or ""


def state_words(study: Study) -> str:
    """Where its newest run stands, in words."""
    state = study_state(study)
    return str(JobState(state).label) if state else str(_("Not run yet"))


def finding_words(study: Study) -> str | None:
    """What its last run found; None where it was never run, or too long ago to have kept it."""
    return kinds.get(study.kind).finding(study.last_finding) if study.last_finding else None


def _state(study: Study) -> Any:
    return format_html("{}{}", state_dot(study_state(study)), state_words(study))


def _finding(study: Study) -> Any:
    return finding_words(study) or format_html('<span class="mute">{}</span>', "–")


def _last(study: Study) -> Any:
    return formats.moment(study.last_run_at) if study.last_run_at else format_html('<span class="mute">{}</span>', "–")


def _owner(study: Study) -> str:
    return study.owner.name if study.owner else str(_("Somebody who left"))


def study_list_spec() -> ListSpec:
    """Columns and filters of the list of studies."""
    return ListSpec(
        name="studies",
        search=_("Title"),
        sort="-updated_at",
        page_size=50,
        columns=(
            Column(key="study", label=_("Study"), cell=_name, sort="title_key", locked=True, phone="name"),
            Column(key="finding", label=_("What it found"), cell=_finding, phone="meta"),
            Column(key="kind", label=_("Kind"), cell=lambda s: str(kinds.get(s.kind).label), phone="meta"),
            Column(key="state", label=_("State"), cell=_state, phone="figure"),
            Column(key="owner", label=_("Asked by"), cell=_owner),
            Column(key="run", label=_("Last run"), cell=_last, sort="updated_at", numeric=True),
            Column(
                key="kept",
                label=_("Companies kept"),
                numeric=True,
                shown=False,
                cell=lambda s: formats.number(s.last_kept) if s.last_run_at else "–",
            ),
        ),
        filters=(
            ChoiceFilter(key="kind", label=_("Kind"), choices=lambda: [(k.key, k.label) for k in kinds]),
            FlagFilter(key="archived", label=_("Archived")),
        ),
    )


def studies_of(*, actor: Actor, state: ListState) -> QuerySet[Study]:
    """The studies that a state asks for, the last touched first; all kinds where it names several."""
    chosen = state.values.get("kind", ())
    kind = chosen[0] if len(chosen) == 1 else ""
    return study_list(actor=actor, kind=kind, q=state.q, archived=bool(state.values.get("archived")))
