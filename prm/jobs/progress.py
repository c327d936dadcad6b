"""How a job is shown, on the pages of any feature that has long work: its state, and what ``jobs/job_progress.html`` needs."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from prm.jobs.models import Job, JobState
from prm.jobs.selectors import JobProgress
from prm.ui import formats, marks

_STEP_STATES = {"done": "done", "active": "now", "failed": "failed", "waiting": "next"}
_DOTS = {
    JobState.QUEUED: "o",
    JobState.RUNNING: "us",
    JobState.CANCELLING: "wa",
    JobState.CANCELLED: "",
    JobState.DONE: "ok",
    JobState.FAILED: "no",
}


def state_mark(job: Job) -> SafeString:
    """The state as a dot and its word."""
    return format_html("{}{}", state_dot(job.state), JobState(job.state).label)


def state_dot(state: str) -> SafeString:
    """The dot of a state; an empty one where there was no job yet."""
    return marks.dot(_DOTS[JobState(state)] if state else "o")


def progress_context(progress: JobProgress) -> dict[str, Any]:
    """What the templates of a job need; other pages that show a job include ``jobs/job_progress.html`` with it."""
    job = progress.job
    left = progress.seconds_left
    return {
        "progress": progress,
        "job": job,
        "state": state_mark(job),
        "share": None if progress.percent is None else progress.percent / 100,
        "bar": {JobState.DONE: "ok", JobState.FAILED: "no"}.get(JobState(job.state), "us"),
        "left": _("about %(time)s left") % {"time": formats.duration(left)} if left is not None else "",
        "poll": reverse("vendor:jobs:job-progress", args=[job.public_id]) if job.is_open else "",
        "about": _about(progress),
        "steps": [
            {
                "label": step.label,
                "state": _STEP_STATES[step.state],
                "figure": step.note or (formats.duration(step.seconds) if step.seconds is not None else ""),
            }
            for step in progress.steps
        ],
    }


def _about(progress: JobProgress) -> str:
    job = progress.job
    time = formats.moment(job.created_at)
    if progress.owner_name:
        return _("Started by %(name)s, %(time)s") % {"name": progress.owner_name, "time": time}
    return _("Started by the product itself, %(time)s") % {"time": time}
