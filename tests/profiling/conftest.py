"""A small universe, files in a folder of the test, and runs done here and now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.jobs.runner.work import run_inline
from prm.partners.models import Company
from profiling.studies.models import Study, StudyRun
from profiling.studies.selectors import run_get
from profiling.studies.services import study_create, study_run
from tests.profiling.universe import build


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def universe(db: None) -> list[Company]:
    with system_role("a test"):
        return build()


@pytest.fixture
def ask() -> Callable[..., Study]:
    """``ask(actor, "look_alike", references=[…])`` creates a study."""

    def create(actor: Actor, kind: str = "look_alike", title: str = "Who looks like our best", **parameters: Any) -> Study:
        with as_role(actor):
            return study_create(actor=actor, kind=kind, title=title, parameters=parameters)

    return create


@pytest.fixture
def answer() -> Callable[..., StudyRun]:
    """Runs a study to its end in this process."""

    def run(actor: Actor, study: Study, **options: Any) -> StudyRun:
        with as_role(actor):
            started = study_run(actor=actor, study_id=study.pk, **options)
        job = run_inline(started.job)
        assert job.state == "done", job.error
        with as_role(actor):
            return run_get(actor=actor, run_id=started.pk)

    return run
