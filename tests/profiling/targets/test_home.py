"""What target lists say on the vendor's home page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.partners.models import Company, Partner
from prm.ui.home import Whose
from profiling.studies.models import Study, StudyRun
from profiling.targets.home import studies_finished, targets_waiting
from profiling.targets.models import TargetList, TargetListEntry

pytestmark = pytest.mark.django_db


def run(study: Study, number: int, *, days: int = 1) -> StudyRun:
    return StudyRun.objects.create(
        study=study,
        number=number,
        parameters={},
        code_version="1",
        kept_count=40,
        finished_at=timezone.now() - timedelta(days=days),
    )


def test_finished_study_waits_until_a_company_of_it_is_a_target(manager: Actor) -> None:
    with system_role("a test"):
        study = Study.objects.create(kind="look_alike", title="Like Kerlan", owner_id=manager.person_id)
        run(study, 1, days=3)
        last = run(study, 2)
        old = Study.objects.create(kind="look_alike", title="Long ago", owner_id=manager.person_id)
        run(old, 1, days=90)
    with as_role(manager):
        found = studies_finished(Whose(manager, manager.person_id))
    assert [item.subject for item in found.items] == ["Like Kerlan"]
    assert "run 2" in found.items[0].why
    with system_role("a test"):
        targets = TargetList.objects.create(name="West")
        TargetListEntry.objects.create(target_list=targets, company=Company.objects.create(name="Isère Cloud"), run=last)
    with as_role(manager):
        assert studies_finished(Whose(manager, manager.person_id)).total == 0


def test_target_list_waits_while_a_company_of_it_is_no_partner(manager: Actor) -> None:
    with system_role("a test"):
        targets = TargetList.objects.create(name="West", owner_id=manager.person_id)
        first, second = Company.objects.create(name="Armor"), Company.objects.create(name="Vendelis")
        for company in (first, second):
            TargetListEntry.objects.create(target_list=targets, company=company)
        Partner.objects.create(company=first)
    with as_role(manager):
        item = targets_waiting(Whose(manager, manager.person_id)).items[0]
    assert item.why == "1 of 2 companies not approached"
    with system_role("a test"):
        Partner.objects.create(company=second)
    with as_role(manager):
        assert targets_waiting(Whose(manager, manager.person_id)).total == 0


def test_managers_see_their_own_studies_and_directors_all(manager: Actor, make_member: Callable[..., Actor]) -> None:
    director = make_member(Role.DIRECTOR, name="Elise Vidal")
    with system_role("a test"):
        run(Study.objects.create(kind="look_alike", title="Hers", owner_id=manager.person_id), 1)
        run(Study.objects.create(kind="ranking", title="Another's"), 1)
    with as_role(manager):
        assert studies_finished(Whose(manager, manager.person_id)).total == 1
    with as_role(director):
        assert studies_finished(Whose(director)).total == 2
