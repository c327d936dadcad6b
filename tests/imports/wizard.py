"""The wizard as tests go through it: the import at hand, its pages, its work done."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from prm.access.roles import as_role
from prm.imports.models import ImportBatch
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline


def the_import(manager: Any) -> ImportBatch:
    with as_role(manager):
        return ImportBatch.objects.latest("created_at")


def work(manager: Any) -> None:
    with as_role(manager):
        jobs = list(Job.objects.filter(finished_at__isnull=True))
    for job in jobs:
        run_inline(job)


def page_of(batch: ImportBatch, name: str = "detail") -> str:
    return reverse(f"vendor:imports:import-{name}", args=[batch.public_id])
