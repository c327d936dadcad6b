"""What hangs on a company, sent by two people or sent twice at the same moment."""

from __future__ import annotations

from typing import Any

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.core.errors import Invalid
from prm.core.ids import uuid7
from prm.partners.details import DETAILS
from prm.partners.models import Company
from prm.partners.services.details import detail_create, detail_delete, detail_edit, detail_restore
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ANNE = {"name": "Anne Le Goff", "email": "anne@kerlan.example"}


@pytest.fixture
def company(manager: Actor) -> Company:
    with as_system("a test"):
        return Company.objects.create(name="Kerlan", country="FR")


def kept(slug: str) -> int:
    with as_system("a test"):
        return DETAILS[slug].model.objects.count()


def acting(actor: Actor, act: Any, **said: Any) -> Any:
    with as_role(actor):
        return act(actor=actor, **said)


def test_a_person_whom_several_add_at_the_same_moment_is_there_once(manager: Actor, company: Company) -> None:
    people = DETAILS["people"]
    first = {"name": "Yann Kerlan"}  # brings the source of today: nobody waits for it below
    acting(manager, detail_create, kind=people, company_id=company.pk, values=first)
    found = at_once(lambda: acting(manager, detail_create, kind=people, company_id=company.pk, values=ANNE))
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Conflict", "Conflict", "Position"]
    assert kept("people") == 2


def test_two_people_do_not_become_the_same_one_at_the_same_moment(manager: Actor, company: Company) -> None:
    people = DETAILS["people"]
    both = [
        acting(manager, detail_create, kind=people, company_id=company.pk, values={"name": name}).pk
        for name in ("Anne", "Ann")
    ]
    found = at_once(lambda: acting(manager, detail_edit, kind=people, record_id=both.pop(), values=ANNE), times=2)
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Position"]


@pytest.mark.parametrize(("slug", "said"), [("people", ANNE), ("sites", {"city": "Brest"})])
def test_a_form_sent_twice_at_the_same_moment_adds_one(
    manager: Actor, company: Company, slug: str, said: dict[str, Any]
) -> None:
    kind, key = DETAILS[slug], uuid7()
    found = at_once(lambda: acting(manager, detail_create, kind=kind, company_id=company.pk, values=said, key=key))
    assert [getattr(one, "pk", one) for one in found] == [key] * 4
    assert kept(slug) == 1


@pytest.mark.parametrize(("slug", "said"), [("people", ANNE), ("sites", {"city": "Brest"})])
def test_what_is_brought_back_twice_at_the_same_moment_is_there_once(
    manager: Actor, company: Company, slug: str, said: dict[str, Any]
) -> None:
    kind = DETAILS[slug]
    made = acting(manager, detail_create, kind=kind, company_id=company.pk, values=said)
    acting(manager, detail_delete, kind=kind, record_id=made.pk)
    found = at_once(lambda: acting(manager, detail_restore, kind=kind, company_id=company.pk, record_id=made.pk))
    assert [getattr(one, "pk", one) for one in found] == [made.pk] * 4
    assert kept(slug) == 1


@pytest.mark.parametrize(("slug", "said"), [("people", ANNE), ("sites", {"city": "Brest"})])
def test_a_form_does_not_take_the_record_of_another_company(
    manager: Actor, company: Company, slug: str, said: dict[str, Any]
) -> None:
    kind = DETAILS[slug]
    made = acting(manager, detail_create, kind=kind, company_id=company.pk, values=said)
    with as_system("a test"):
        other = Company.objects.create(name="Loire", country="FR")
    with pytest.raises(Invalid):
        acting(manager, detail_create, kind=kind, company_id=other.pk, values={**said, "name": "Eve"}, key=made.pk)
    with as_system("a test"):
        assert kind.model.objects.get().company_id == company.pk
