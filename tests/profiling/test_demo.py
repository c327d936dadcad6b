"""The demo world's studies: asked as people would, found what is true in the world."""

from __future__ import annotations

from datetime import date

import pytest

from prm.access.roles import as_system as system_role
from prm.demo.filling import world_fill
from prm.partners.models import Partner
from profiling.studies.models import RunResult, StudyRun
from profiling.targets.models import TargetListEntry

pytestmark = pytest.mark.django_db


def test_demo_holds_a_look_alike_a_ranking_and_a_target_list() -> None:
    said: list[str] = []
    world_fill(today=date(2026, 5, 19), companies=1_000, say=said.append)
    assert "2 studies" in said[-1]
    with system_role("a test"):
        alike = StudyRun.objects.select_related("study__owner").get(study__kind="look_alike")
        assert alike.study.owner.name == "Claire Rousset"
        assert StudyRun.objects.filter(study__kind="ranking", finished_at__isnull=False).exists()
        targets = TargetListEntry.objects.filter(run=alike)
        assert targets.count() == 12
        active = Partner.objects.filter(lifecycle__in=["active", "extended"]).values("company_id")
        assert not targets.filter(company_id__in=active).exists()
        # Armor Systèmes was told to be like the references: it is among the first tenth of those that are no partner yet.
        armor = RunResult.objects.get(run=alike, company__name="Armor Systèmes")
        assert armor.rank <= alike.kept_count / 10
    assert not world_fill(say=said.append)
