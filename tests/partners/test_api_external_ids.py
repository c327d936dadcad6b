"""``/api/v1/companies/by-external-id``: another system keeps its companies in step by its own ids (P2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.partners.models import (
    Company,
    CompanyExternalId,
    CompanyFact,
)
from tests.conftest import Caller
from tests.partners.programs import names

pytestmark = pytest.mark.django_db
KeyOf = Callable[..., str]


@pytest.fixture
def call(manager: Actor, key_of: KeyOf) -> Caller:
    """A manager's program that reads and writes companies, and nothing else."""
    return Caller(key_of(manager, ["companies:write"]))


def test_the_same_id_elsewhere_twice_is_one_company(call: Caller) -> None:
    first = call("PUT", "companies/by-external-id/CRM/0017F", {"name": "Kerlan", "employees": 46})
    assert first.status_code == 201, first.content
    assert first.headers["Location"] == f"/api/v1/companies/{first.json()['id']}"
    assert first.json()["external_ids"] == [{"source": "crm", "external_id": "0017F"}]
    assert first.json()["provenance"]["employees"].items() >= {"kind": "api", "name": "CRM"}.items()
    second = call("PUT", "companies/by-external-id/crm/0017F", {"name": "Kerlan", "city": "Brest"})
    assert (second.status_code, second.json()["id"]) == (200, first.json()["id"])
    assert (second.json()["employees"], second.json()["city"]) == (46, "Brest"), "what is not spoken of stays"
    assert len(names(call("GET", "companies?q=kerlan"))) == 1


def test_a_sync_does_not_overrule_a_person(call: Caller) -> None:
    body = call("PUT", "companies/by-external-id/crm/1", {"name": "Kerlan", "employees": 46})
    path = f"companies/{body.json()['id']}"
    by_hand = call("PATCH", path, {"employees": 52}, If_Match=body.headers["ETag"])
    assert by_hand.json()["employees"] == 52
    assert call("PUT", "companies/by-external-id/crm/1", {"name": "Kerlan", "employees": 40}).json()["employees"] == 52
    with as_system("a test"):
        assert CompanyFact.objects.get(status="proposed").value == 40


def test_an_id_of_a_merged_company_leads_to_the_one_that_stayed(call: Caller) -> None:
    with as_system("a test"):
        stayed, gone = Company.objects.create(name="Kerlan"), Company.objects.create(name="Kerlan SAS")
        gone.merged_into = stayed
        gone.save()
        CompanyExternalId.objects.create(company=gone, source="crm", external_id="9")
    answer = call("PUT", "companies/by-external-id/crm/9", {"name": "Kerlan"})
    assert (answer.status_code, answer.json()["id"]) == (200, stayed.public_id)


@pytest.mark.parametrize("path", ["companies/by-external-id/!/1", f"companies/by-external-id/crm/{'x' * 121}"])
def test_an_id_that_cannot_be_kept_is_told(call: Caller, path: str) -> None:
    assert call("PUT", path, {"name": "Kerlan"}).status_code == 422


# Sites


def test_a_company_is_read_by_the_id_of_another_system(call: Caller, manager: Actor, key_of: KeyOf) -> None:
    put = call("PUT", "companies/by-external-id/CRM/a/42", {"name": "Kerlan", "employees": 12})
    assert put.status_code == 201, put.content
    got = call("GET", "companies/by-external-id/crm/a/42")
    assert (got.status_code, got.json(), got["ETag"]) == (200, put.json(), put["ETag"])
    assert got.json() == call("GET", f"companies/{put.json()['id']}").json()
    assert call("GET", "companies/by-external-id/crm/a/42", If_None_Match=got["ETag"]).status_code == 304
    narrow = call("GET", "companies/by-external-id/crm/a/42?fields=name&expand[]=sites").json()
    assert narrow == {"id": put.json()["id"], "name": "Kerlan", "sites": []}
    assert call("GET", "companies/by-external-id/crm/a/42?colour=red").status_code == 400
    for unknown in ("crm/a/43", "erp/a/42"):
        assert call("GET", f"companies/by-external-id/{unknown}").status_code == 404, unknown
    stranger = Caller(key_of(manager, ["jobs:read"]))
    assert stranger("GET", "companies/by-external-id/crm/a/42").status_code == 403
    reader = Caller(key_of(manager, ["companies:read"]))
    assert reader("GET", "companies/by-external-id/crm/a/42").status_code == 200
    assert reader("PUT", "companies/by-external-id/crm/a/42", {"name": "X"}).status_code == 403
