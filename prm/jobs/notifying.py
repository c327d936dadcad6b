"""What people are told of long work: imports, studies, exports and all other kinds of jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.core.ids import typeid_encode
from prm.jobs.models import Job
from prm.jobs.selectors import job_titles
from prm.notifications.kinds import KINDS, Named, NotificationKind
from prm.notifications.models import Channel


def register() -> None:
    """Called once, when the app is ready."""
    KINDS.register(
        NotificationKind(
            key="jobs.done", label=_("Work that I started is done"), subject_type="job", icon="circle-check",
            one=_("Done: %(name)s"), many=_("%(n)s pieces of work are done"), named=_jobs, tells_doer=True, order=70,
        )
    )  # fmt: skip
    KINDS.register(
        NotificationKind(
            key="jobs.failed", label=_("Work that I started could not be finished"), subject_type="job", icon="alert-circle",
            one=_("Not finished: %(name)s"), many=_("%(n)s pieces of work could not be finished"), named=_jobs,
            default=Channel.MAIL, tells_doer=True, order=80,
        )
    )  # fmt: skip


def _jobs(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    titles = job_titles(actor=actor, job_ids=ids)
    return {key: Named(title, _address(key)) for key, title in titles.items()}


def _address(job_id: UUID) -> str:
    return reverse("vendor:jobs:job-detail", args=[typeid_encode(Job.typeid_prefix, job_id)])
