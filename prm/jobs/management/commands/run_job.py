"""``manage.py run_job job_…``: works on a job in this process, beside whatever workers there are."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.access.roles import as_system
from prm.core.errors import NotFound
from prm.jobs.models import JobState
from prm.jobs.runner.work import run_inline
from prm.jobs.selectors import job_get


class Command(BaseCommand):
    """Does the work here and now; exit status 1 when the job did not end as done."""

    help = "Works on a job in this process until it is over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", help="the job's id: job_…")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with as_system("manage.py run_job") as actor:
                job = job_get(actor=actor, job_id=options["job"])
        except NotFound:
            raise CommandError(f"there is no job {options['job']!r}") from None
        job = run_inline(job)
        self.stdout.write(f"{job.public_id} {job.state} {job.units_done}/{job.units_total} {job.error}".rstrip())
        if job.state != JobState.DONE:
            raise CommandError(job.error or str(job.state))
