"""Acts on many records that cross: whoever comes second waits, and nobody waits in a circle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, models, transaction
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.partners.models import Company, Partner
from prm.partners.services.bulk import companies_archive, companies_restore
from prm.partners.services.lifecycle import partners_advance
from prm.partners.services.partners import candidates_create, partners_assign

MOMENT = timezone.now()
Act = Callable[[Actor, list[Any]], Any]
OF_COMPANIES: dict[str, Act] = {
    "archive": lambda actor, keys: companies_archive(actor=actor, company_ids=keys),
    "restore": lambda actor, keys: companies_restore(actor=actor, archived_at=MOMENT),
    "candidates": lambda actor, keys: candidates_create(actor=actor, company_ids=keys),
}
OF_PARTNERS: dict[str, Act] = {
    "assign": lambda actor, keys: partners_assign(actor=actor, partner_ids=keys, person_id=actor.person_id),
    "advance": lambda actor, keys: partners_advance(actor=actor, partner_ids=keys, to="engaged"),
}


def holds_the_last_while_it_waits_for_the_first(actor: Actor, model: type[models.Model], act: Act) -> bool:
    """The first row by key, held by somebody, is the last by name, and lies last on the disk."""
    with as_system("a test"):
        keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        for _time in range(3):
            model.objects.filter(pk=keys[0]).update(updated_at=timezone.now())

    def run() -> None:
        try:
            with as_role(actor):
                act(actor, keys[::-1])
        finally:
            connections.close_all()

    other = threading.Thread(target=run)
    try:
        with as_role(actor):
            model.objects.select_for_update().get(pk=keys[0])
            other.start()
            time.sleep(0.5)
            try:
                with transaction.atomic():
                    return model.objects.select_for_update(skip_locked=True).filter(pk=keys[-1]).first() is None
            finally:
                assert other.is_alive(), "it waits for the first"
    finally:
        other.join()


@pytest.fixture
def companies(director: Actor) -> list[Company]:
    with as_system("a test"):
        return [Company.objects.create(name=name, country="FR") for name in ("Loire", "Kerlan", "Armor")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", OF_COMPANIES)
def test_acts_on_companies_take_them_in_one_order(director: Actor, companies: list[Company], act: str) -> None:
    if act == "restore":
        with as_system("a test"):
            Company.objects.update(archived_at=MOMENT)
    assert not holds_the_last_while_it_waits_for_the_first(director, Company, OF_COMPANIES[act])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", OF_PARTNERS)
def test_acts_on_partners_take_them_in_one_order(director: Actor, companies: list[Company], act: str) -> None:
    with as_system("a test"):
        Partner.objects.bulk_create(Partner(company=company, lifecycle="candidate") for company in companies)
    assert not holds_the_last_while_it_waits_for_the_first(director, Partner, OF_PARTNERS[act])
