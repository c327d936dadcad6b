"""A job of each ending for ``make shots``."""

from __future__ import annotations

from django.urls import reverse

from prm.access.actors import Actor
from prm.jobs.models import JobState
from prm.jobs.selectors import job_list
from prm.ui.shots import Shot, register


def _job(actor: Actor, state: JobState) -> str | None:
    found = job_list(actor=actor, states=[state]).first()
    return reverse("vendor:jobs:job-detail", args=[found.public_id]) if found else None


register(Shot("job-done", lambda actor: _job(actor, JobState.DONE)))
register(Shot("job-failed", lambda actor: _job(actor, JobState.FAILED)))
