"""What a process of its own does that works on one import of gadgets, in small chunks, and is killed meanwhile."""

from __future__ import annotations

from uuid import UUID

from prm.access.roles import as_system
from prm.imports.runner import check, write
from prm.imports.targets import TARGETS
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline
from tests.imports.conftest import GADGETS, PARTS

START = "import sys, django; django.setup(); from tests.imports.worker import work; work(sys.argv[1], int(sys.argv[2]))"


def work(job_id: str, chunk_rows: int) -> None:
    """Works on a job until it is over."""
    for target in (GADGETS, PARTS):
        TARGETS._entries[target.key] = target
    check.CHUNK_ROWS = write.CHUNK_ROWS = chunk_rows
    with as_system("a test"):
        job = Job.objects.get(pk=UUID(job_id))
    run_inline(job)
