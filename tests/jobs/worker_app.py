"""The Celery application of the kill tests: the product's own, with the checks' kinds of work."""

import django

django.setup()

import tests.jobs.kinds  # noqa: E402,F401  registers them
from prm.celery import app  # noqa: E402,F401
