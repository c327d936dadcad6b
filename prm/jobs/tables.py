"""The list of long work."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.jobs.kinds import KINDS
from prm.jobs.models import Job, JobState
from prm.jobs.progress import state_mark
from prm.jobs.rules import percent_of
from prm.jobs.selectors import job_list
from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, FlagFilter
from prm.ui.tables import Column, ListSpec, ListState


def _title(job: Job) -> SafeString:
    url = reverse("vendor:jobs:job-detail", args=[job.public_id])
    return marks.named(url, job.title, kind_label(job))


def kind_label(job: Job) -> str:
    """The kind in words; its key for a kind that this installation no longer knows."""
    return KINDS.get(job.kind).words(job) if job.kind in KINDS else job.kind


def _share(job: Job) -> Any:
    percent = percent_of(job.units_done, job.units_total, is_done=job.state == JobState.DONE)
    if percent is None:
        return format_html('<span class="mute">{}</span>', _("not counted yet")) if job.is_open else "–"
    return marks.figure_meter(percent, percent / 100)


def _took(job: Job) -> Any:
    if job.started_at and job.finished_at:
        return formats.duration((job.finished_at - job.started_at).total_seconds())
    return format_html('<span class="mute">{}</span>', "–")


def job_list_spec() -> ListSpec:
    """Columns and filters of the page; the choices of kinds are those that the reader may start."""
    return ListSpec(
        name="jobs",
        sort="-created_at",
        search=_("Title"),
        columns=(
            Column(key="title", label=_("Work"), cell=_title, locked=True, phone="name"),
            Column(key="state", label=_("State"), cell=state_mark, phone="meta"),
            Column(key="share", label=_("Done %"), cell=_share, numeric=True, phone="figure"),
            Column(
                key="asked",
                label=_("Asked"),
                cell=lambda job: formats.moment(job.created_at),
                sort="created_at",
                numeric=True,
                phone="meta",
            ),
            Column(key="took", label=_("Took"), cell=_took, numeric=True),
        ),
        filters=(
            FlagFilter(key="mine", label=_("Whose"), yes=_("mine"), no=_("everybody’s")),
            ChoiceFilter(key="state", label=_("State"), choices=JobState.choices),
            ChoiceFilter(key="kind", label=_("Kind"), choices=lambda: [(kind.key, kind.label) for kind in KINDS]),
        ),
    )


def jobs_of(*, actor: Actor, state: ListState) -> QuerySet[Job]:
    """The jobs that a state asks for, newest first."""
    values = state.values
    return job_list(
        actor=actor,
        mine=bool(values.get("mine")),
        states=values.get("state", ()),
        kinds=values.get("kind", ()),
        q=state.q,
    )
