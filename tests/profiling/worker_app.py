"""The Celery application of the kill test: the product's own, with a universe cut small and chunks that take their time."""

import time

import django

django.setup()

from prm.celery import app  # noqa: E402,F401
from profiling.studies import services_run, tasks  # noqa: E402

_real = services_run.run_chunk


def slowly(**arguments) -> None:
    time.sleep(0.3)
    _real(**arguments)


services_run.chunk_bounds = lambda rows: [(start, min(start + 4, rows)) for start in range(0, rows, 4)]
tasks.run_chunk = slowly
