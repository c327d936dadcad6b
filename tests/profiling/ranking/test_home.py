"""What rankings say on the vendor's home page."""

from __future__ import annotations

import pytest
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.ui.home import Whose
from profiling.ranking.home import potential_kpi
from profiling.studies.models import Study, StudyRun

pytestmark = pytest.mark.django_db


def test_potential_is_that_of_the_last_ranking_and_unknown_without_one(manager: Actor) -> None:
    with as_role(manager):
        assert potential_kpi(Whose(manager)) is None
    with system_role("a test"):
        lines = [{"potential": 300_000.0, "actual": 90_000.0}, {"potential": 100_000.0, "actual": 10_000.0}]
        StudyRun.objects.create(
            study=Study.objects.create(kind="ranking", title="Potential"),
            number=1,
            parameters={},
            code_version="1",
            kept_count=40,
            universe_count=5_075,
            finished_at=timezone.now(),
            summary={"lines": lines},
        )
    with as_role(manager):
        kpi = potential_kpi(Whose(manager))
    assert kpi is not None
    assert kpi.value.replace("\u00a0", " ") == "€400 k"
    assert kpi.share == 0.25
    assert kpi.about.replace("\u202f", " ") == "25 % realised · 40 companies"
    with system_role("a test"):
        StudyRun.objects.update(summary={"lines": [{"potential": 300_000.0, "actual": 0.0}]})
    with as_role(manager):
        recruits = potential_kpi(Whose(manager))
    assert recruits is not None
    assert (recruits.share, recruits.about) == (None, "of 40 companies that buy nothing of us yet")
