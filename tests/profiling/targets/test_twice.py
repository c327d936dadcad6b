"""The same act twice, or at once by two people: one effect, told once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.events.models import OutboxEvent
from prm.partners.models import Company, Partner
from prm.partners.services.partners import candidates_create
from profiling.targets.models import TargetList
from profiling.targets.services import Wanted, target_list_create, targets_add
from tests.together import at_once


@pytest.fixture
def companies(manager: Actor) -> list[Company]:
    with as_system("a test"):
        return [Company.objects.create(name=name, country="FR") for name in ("Kerlan", "Armor", "Loire")]


@pytest.mark.django_db
def test_a_list_that_is_archived_twice_stays_archived(manager: Actor, client_of: Callable[[Actor], Client]) -> None:
    with as_role(manager):
        target_list = target_list_create(actor=manager, name="West")
    client, url = client_of(manager), f"/target-lists/{target_list.public_id}/archive"
    for _click in range(2):
        client.post(url)
    with as_role(manager):
        assert TargetList.objects.get().archived_at is not None
    assert f"{url}?restore=1" in client.get(f"/target-lists/{target_list.public_id}").content.decode()
    for _click in range(2):
        client.post(f"{url}?restore=1")
    with as_role(manager):
        assert TargetList.objects.get().archived_at is None


@pytest.mark.django_db(transaction=True)
def test_companies_that_several_add_at_once_are_added_by_one_of_them(manager: Actor, companies: list[Company]) -> None:
    with as_role(manager):
        target_list = target_list_create(actor=manager, name="West")
    wanted = [Wanted(company.pk) for company in companies]

    def add() -> int:
        with as_role(manager):
            return targets_add(actor=manager, list_id=target_list.pk, wanted=wanted)

    assert sorted(at_once(add)) == [0, 0, 0, 3]
    with as_system("a test"):
        assert OutboxEvent.objects.filter(type="profiling.targets_added").count() == 1


@pytest.mark.django_db(transaction=True)
def test_companies_that_several_make_candidates_at_once_become_it_once(manager: Actor, companies: list[Company]) -> None:
    def make() -> int:
        with as_role(manager):
            return len(candidates_create(actor=manager, company_ids=[company.pk for company in companies]).new)

    assert sorted(at_once(make)) == [0, 0, 0, 3]
    with as_system("a test"):
        assert Partner.objects.count() == 3


@pytest.mark.django_db
def test_a_preview_that_is_answered_twice_makes_one_list(
    manager: Actor, companies: list[Company], client_of: Callable[[Actor], Client]
) -> None:
    client, form = client_of(manager), {"id": [company.public_id for company in companies], "name": "West"}
    asked = client.post("/target-lists/add-companies", form).content.decode()
    once = re.findall(r'name="once" value="([^"]+)"', asked)
    led = [
        client.post("/target-lists/add-companies", {**form, "sure": "1", "once": once[:1]})["Location"] for _click in range(2)
    ]
    assert led[0] == led[1]
    with as_role(manager):
        assert TargetList.objects.count() == 1
