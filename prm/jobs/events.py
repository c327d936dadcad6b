"""What happens to long work."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


@dataclass(frozen=True, kw_only=True)
class JobStarted(Event):
    """Somebody asked for long work."""

    type = "jobs.job_started"
    subject_type = "job"
    sentence = _("started this")
    kind: str


@dataclass(frozen=True, kw_only=True)
class JobDone(Event):
    """All of it is done."""

    type = "jobs.job_done"
    subject_type = "job"
    sentence = _("finished this")
    kind: str


@dataclass(frozen=True, kw_only=True)
class JobFailed(Event):
    """It stopped for a reason."""

    type = "jobs.job_failed"
    subject_type = "job"
    sentence = _("could not finish this")
    kind: str
    code: str


@dataclass(frozen=True, kw_only=True)
class JobCancelled(Event):
    """Somebody stopped it."""

    type = "jobs.job_cancelled"
    subject_type = "job"
    sentence = _("cancelled this")
    kind: str


@dataclass(frozen=True, kw_only=True)
class JobRetried(Event):
    """Somebody let it go on after a failure or a cancel."""

    type = "jobs.job_retried"
    subject_type = "job"
    sentence = _("started this again")
    kind: str
