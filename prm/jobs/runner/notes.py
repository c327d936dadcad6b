"""What a job says on its way: lines of its log, the figure at the right of a step, how far a long chunk is."""

from __future__ import annotations

from django.db.models import F

from prm.access.roles import as_system
from prm.jobs.models import Job, JobChunk, JobLine

_REASON = "long work"


def note(job: Job, text: str, *, level: str = JobLine.Level.INFO) -> None:
    """Adds a line to the job's log, in the language that is active. Inside a transactional chunk it appears with it."""
    with as_system(_REASON):
        JobLine.objects.create(job_id=job.pk, text=str(text)[:500], level=level)


def step_note(job: Job, step: str, text: str) -> None:
    """Sets the short figure at the right of a step ("37 faults")."""
    with as_system(_REASON):
        fresh = Job.objects.select_for_update().get(pk=job.pk)
        fresh.step_notes[step] = str(text)[:60]
        fresh.save(update_fields=["step_notes", "updated_at"])
        job.step_notes = fresh.step_notes


def part_done(chunk: JobChunk, units: int) -> None:
    """Counts ``units`` of a long chunk as done before its end; the rest of them is counted with it. Not for transactional chunks."""
    with as_system(_REASON):
        JobChunk.objects.filter(pk=chunk.pk).update(units=F("units") - units)
        Job.objects.filter(pk=chunk.job_id).update(units_done=F("units_done") + units)
    chunk.units -= units
