"""Two companies become one: nothing that pointed to either is lost, what was chosen holds, and it can be undone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_login, as_role, as_system
from prm.accounts.models import Organisation, Person
from prm.core.errors import Conflict, Denied, Invalid
from prm.events.models import OutboxEvent
from prm.partners.events import PartnerAdvanced, PartnerMoveTakenBack
from prm.partners.merging import merge
from prm.partners.models import (
    Company,
    CompanyExternalId,
    CompanyFact,
    CompanyMerge,
    CustomerMix,
    Industry,
    Partner,
    PartnerMove,
    Position,
    Product,
    Sale,
    Site,
    Vendor,
    VendorCarried,
)
from prm.partners.services.companies import company_create, company_edit
from prm.partners.services.details import DETAILS, detail_create
from prm.partners.services.lifecycle import partner_advance
from prm.partners.services.merging import company_merge, company_merge_undo
from profiling.targets.models import TargetList, TargetListEntry
from tests.conftest import Caller
from tests.together import at_once

Pair = tuple[Company, Company]


@pytest.fixture
def pair(director: Actor) -> Pair:
    """Kerlan twice: one better known, the other with things of its own and things that both have."""
    with as_role(director):
        kept = company_create(actor=director, values={"name": "Kerlan Systèmes", "city": "Brest", "employees": 46})
        gone = company_create(
            actor=director, values={"name": "KERLAN SYSTEMES SA", "city": "Brest", "employees": 52, "engineers": 14}
        )
    with as_system("a test"):
        tessel, nordwall = (Vendor.objects.create(code=code, name=code.title()) for code in ("tessel", "nordwall"))
        for company in (kept, gone):
            Site.objects.create(company=company, city="Brest", country="FR")
            VendorCarried.objects.create(company=company, vendor=tessel)
            CustomerMix.objects.create(
                company=company, industry=Industry.objects.get_or_create(code="it", defaults={"name": "IT"})[0]
            )
        Site.objects.create(company=gone, city="Rennes", country="FR")
        VendorCarried.objects.create(company=gone, vendor=nordwall)
        CompanyExternalId.objects.create(company=gone, source="crm", external_id="42")
        anne = Position(company=gone, person=Person.objects.create(name="Anne Le Goff"))
        anne.save()
    return kept, gone


def kinds(company: Company) -> dict[str, int]:
    with as_system("a test"):
        return {
            model.__name__: model.objects.filter(company_id=company.pk).count()
            for model in (Site, VendorCarried, CustomerMix, CompanyExternalId, Position)
        }


def test_every_foreign_key_to_a_company_or_a_partner_is_declared() -> None:
    keys = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model in {Company, Partner}
    }
    declared = {tie.key for tie in merge}
    assert keys - declared == set(), "say in the merge registry what becomes of these"
    assert declared - keys == set(), "no such key"


@pytest.mark.django_db
def test_what_hangs_on_the_one_moves_to_the_other_and_its_like_stays(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk)
    assert kinds(kept) == {"Site": 2, "VendorCarried": 2, "CustomerMix": 1, "CompanyExternalId": 1, "Position": 1}
    assert kinds(gone) == {"Site": 1, "VendorCarried": 1, "CustomerMix": 1, "CompanyExternalId": 0, "Position": 0}
    with as_role(director):
        fresh = Company.objects.get(pk=gone.pk)
        assert fresh.merged_into_id == kept.pk
        assert fresh.archived_at is not None
        told = set(OutboxEvent.objects.values_list("type", "subject_id"))
    assert {("partners.company_merged", kept.pk), ("partners.company_went_into", gone.pk)} <= told


@pytest.mark.django_db
def test_the_chosen_value_holds_with_its_source_and_the_other_stays_in_the_history(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk, choices={"employees": "gone", "name": "kept"})
        fresh = Company.objects.get(pk=kept.pk)
        assert (fresh.name, fresh.employees, fresh.engineers) == ("Kerlan Systèmes", 52, 14), "an unknown fact is taken over"
        assert fresh.provenance["employees"] == gone.provenance["employees"]
        former = {(f.field, f.value) for f in CompanyFact.objects.filter(company=kept)}
    assert former == {("employees", 46), ("name", "KERLAN SYSTEMES SA")}


def lifecycle_told(partner: Partner) -> str:
    """Where a relationship stands for somebody who only hears the events."""
    with as_system("a test"):
        told = OutboxEvent.objects.filter(subject_type="partner", subject_id=partner.pk).order_by("id")
        last = told.filter(type__in=[PartnerAdvanced.type, PartnerMoveTakenBack.type]).last()
    assert last is not None
    return str(last.data["after"] if last.type == PartnerAdvanced.type else last.data["before"])


@pytest.mark.django_db
def test_undone_it_is_as_it_was_but_for_what_changed_since(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    before = kinds(kept), kinds(gone)
    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk, choices={"employees": "gone"})
        company_edit(actor=director, company_id=kept.pk, values={"engineers": 20})
    with as_role(director):
        company_merge_undo(actor=director, gone_id=gone.pk)
    assert (kinds(kept), kinds(gone)) == before
    with as_role(director):
        one, other = Company.objects.get(pk=kept.pk), Company.objects.get(pk=gone.pk)
        assert (one.employees, one.engineers) == (46, 20), "what somebody changed since stays"
        assert one.provenance["employees"] == kept.provenance["employees"]
        assert (other.merged_into_id, other.archived_at, other.employees) == (None, None, 52)
        assert not CompanyFact.objects.filter(field="employees").exists()
        company_merge(actor=director, kept_id=other.pk, gone_id=one.pk)  # and may be merged again, the other way round


@pytest.mark.django_db
def test_a_merge_is_undone_for_a_week_and_not_below_another(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk)
        with pytest.raises(Conflict) as late:
            company_merge_undo(actor=director, gone_id=gone.pk, now=timezone.now() + timedelta(days=8))
        third = company_create(actor=director, values={"name": "Third"})
        company_merge(actor=director, kept_id=third.pk, gone_id=kept.pk)
        with pytest.raises(Conflict) as below:
            company_merge_undo(actor=director, gone_id=gone.pk)
        with pytest.raises(Conflict) as again:
            company_merge(actor=director, kept_id=third.pk, gone_id=gone.pk)
    assert (late.value.code, below.value.code, again.value.code) == ("too_late", "merged_already", "merged_already")


def as_partner(company: Company, lifecycle: str) -> Partner:
    with as_system("a test"):
        made = Partner.objects.create(company=company, lifecycle=lifecycle)
        product, _made = Product.objects.get_or_create(code="sw", defaults={"name": "Switch"})
        Sale.objects.create(
            partner=made,
            product=product,
            sold_on=date(2026, 1, 5),
            quantity=1,
            amount=100,
            currency="EUR",
            order_number=str(made.pk)[-8:],
        )
        return made


@pytest.mark.django_db
def test_of_two_partners_both_ids_stay_and_one_exits_into_the_other(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    one, other = as_partner(kept, "active"), as_partner(gone, "contracted")
    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk)
        fresh = Partner.objects.get(pk=other.pk)
        assert (fresh.lifecycle, fresh.merged_into_id, fresh.company_id) == ("exited", one.pk, gone.pk)
        assert Partner.objects.get(pk=one.pk).lifecycle == "active"
        assert set(Sale.objects.values_list("partner_id", flat=True)) == {one.pk, other.pk}, "partner_id never changes"
        with pytest.raises(Conflict) as refusal:
            partner_advance(actor=director, partner_id=other.pk, to="candidate")
        assert refusal.value.code == "partner_merged"
        company_merge_undo(actor=director, gone_id=gone.pk)
        back = Partner.objects.get(pk=other.pk)
        assert (back.lifecycle, back.merged_into_id, back.lifecycle_since) == ("contracted", None, other.lifecycle_since)
        assert PartnerMove.objects.filter(taken_back_at__isnull=True).count() == 0
    assert lifecycle_told(other) == back.lifecycle, "whoever heard of its exit hears that it is back"


@pytest.mark.django_db
def test_a_partner_follows_its_company_under_the_same_id(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    partner = as_partner(gone, "active")
    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk)
        assert Partner.objects.get(pk=partner.pk).company_id == kept.pk
        company_merge_undo(actor=director, gone_id=gone.pk)
        assert Partner.objects.get(pk=partner.pk).company_id == gone.pk


@pytest.mark.django_db
def test_the_door_of_a_partners_people_follows_the_merge(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    one, other = as_partner(kept, "active"), as_partner(gone, "active")
    with as_login():
        for partner, company in ((one, kept), (other, gone)):
            Organisation.objects.create(partner_id=partner.pk, company_id=company.pk, name=company.name, door="partner")

    def doors() -> dict[Any, tuple[str, str]]:
        with as_login():
            return {o.partner_id: (o.door, o.name) for o in Organisation.objects.all()}

    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk, choices={"name": "gone"})
    assert doors() == {one.pk: ("partner", gone.name), other.pk: ("closed", gone.name)}
    with as_role(director):
        company_merge_undo(actor=director, gone_id=gone.pk)
    assert doors() == {one.pk: ("partner", kept.name), other.pk: ("partner", gone.name)}


@pytest.mark.django_db
def test_a_place_on_a_target_list_comes_over_once(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    with as_system("a test"):
        west, north = TargetList.objects.create(name="West"), TargetList.objects.create(name="North")
        for target_list, company in ((west, kept), (west, gone), (north, gone)):
            TargetListEntry.objects.create(target_list=target_list, company=company)
    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk)
        assert set(TargetListEntry.objects.filter(company=kept).values_list("target_list__name", flat=True)) == {
            "West",
            "North",
        }


@pytest.mark.django_db
def test_who_may_and_what_is_refused(director: Actor, manager: Actor, pair: Pair) -> None:
    kept, gone = pair
    with as_role(manager), pytest.raises(Denied):
        company_merge(actor=manager, kept_id=kept.pk, gone_id=gone.pk)
    with as_role(director):
        with pytest.raises(Invalid):
            company_merge(actor=director, kept_id=kept.pk, gone_id=kept.pk)
        with pytest.raises(Invalid):
            company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk, choices={"shoe_size": "gone"})
        company_edit(actor=director, company_id=gone.pk, values={"city": "Lorient"})
        with pytest.raises(Conflict) as stale:
            company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk, versions=(1, 1))
        assert "changed city" in str(stale.value.message)
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk)
        for act in (
            lambda: company_edit(actor=director, company_id=gone.pk, values={"city": "Quimper"}),
            lambda: detail_create(actor=director, kind=DETAILS["people"], company_id=gone.pk, values={"name": "Late"}),
        ):
            with pytest.raises(Conflict) as refusal:
                act()
            assert (refusal.value.code, refusal.value.data["into"]) == ("company_merged", kept.public_id)


@pytest.mark.django_db(transaction=True)
def test_two_merges_of_the_same_company_at_once_are_one(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    with as_role(director):
        third = company_create(actor=director, values={"name": "Third"})
    goals = iter([kept.pk, third.pk, kept.pk, third.pk])

    def act() -> Any:
        goal = next(goals)
        with as_role(director):
            return company_merge(actor=director, kept_id=goal, gone_id=gone.pk)

    found = at_once(act)
    assert sum(isinstance(one, CompanyMerge) for one in found) == 1
    assert {one.code for one in found if isinstance(one, Exception)} == {"merged_already"}
    with as_system("a test"):
        assert CompanyMerge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_merges_that_cross_do_not_wait_in_a_circle(director: Actor, pair: Pair) -> None:
    orders = iter([(0, 1), (1, 0), (0, 1), (1, 0)])

    def act() -> Any:
        kept, gone = next(orders)
        with as_role(director):
            return company_merge(actor=director, kept_id=pair[kept].pk, gone_id=pair[gone].pk)

    found = at_once(act)
    assert sum(isinstance(one, CompanyMerge) for one in found) == 1
    assert all(isinstance(one, CompanyMerge | Conflict) for one in found), found


@pytest.mark.django_db(transaction=True)
def test_an_edit_during_a_merge_waits_and_is_told_where_to_go(director: Actor, pair: Pair) -> None:
    kept, gone = pair
    told: list[Any] = []

    def edit() -> None:
        try:
            with as_role(director):
                company_edit(actor=director, company_id=gone.pk, values={"city": "Quimper"})
        except Conflict as refusal:
            told.append(refusal.code)
        finally:
            connections.close_all()

    other = threading.Thread(target=edit)
    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk)
        other.start()
        time.sleep(0.5)
        assert other.is_alive(), "it waits for the merge"
    other.join()
    assert told == ["company_merged"]


@pytest.mark.django_db
def test_two_are_compared_side_by_side_merged_and_undone_on_pages(
    client_of: Callable[[Actor], Client], director: Actor, manager: Actor, pair: Pair
) -> None:
    kept, gone = pair
    as_partner(kept, "active")
    page = client_of(director)
    chosen = page.post("/companies/merge", {"id": [gone.public_id, kept.public_id], "query": ""})
    at = f"/companies/{kept.public_id}/merge"
    assert chosen.headers["Location"] == f"{at}?with={gone.public_id}", "the partner is proposed to stay"
    assert client_of(manager).get(at).status_code == 403
    shown = page.get(f"{at}?with={gone.public_id}")
    assert [pair["label"] for pair in shown.context["pairs"]] == ["Name", "Employees", "Engineers"]
    assert {tie.key.split(".")[1]: n for tie, n in shown.context["preview"].moving} == {
        "site": 1, "position": 1, "vendorcarried": 1, "companyexternalid": 1,
    }  # fmt: skip
    sent = {"with": gone.public_id, "kept_version": 1, "gone_version": 1, "fact_employees": "gone", "fact_name": "kept"}
    assert page.post(at, {**sent, "gone_version": 0}).status_code == 409
    assert page.post(at, sent).headers["Location"] == f"/companies/{kept.public_id}"
    for tab in ("", "/facts", "/people", "/history"):
        moved = page.get(f"/companies/{gone.public_id}{tab}")
        assert (moved.status_code, moved.headers["Location"]) == (302, f"/companies/{kept.public_id}{tab}")
    history = page.get(f"/companies/{kept.public_id}/history")
    assert "KERLAN SYSTEMES SA" in history.content.decode()
    assert {"added the company"} <= {str(line.text) for line in history.context["timeline"]}
    assert len([line for line in history.context["timeline"] if str(line.text) == "added the company"]) == 2, "of both"
    assert page.post(f"/companies/{gone.public_id}/unmerge").headers["Location"] == f"/companies/{gone.public_id}"
    assert page.get(f"/companies/{gone.public_id}").status_code == 200


@pytest.mark.django_db
def test_merged_and_undone_by_api(director: Actor, key_of: Callable[..., str], pair: Pair) -> None:
    kept, gone = pair
    call = Caller(key_of(director, ["companies:write"]))
    done = call("POST", f"companies/{kept.public_id}/merge", {"other": gone.public_id, "facts": {"employees": "other"}})
    assert (done.status_code, done.json()["employees"]) == (200, 52)
    moved = call("GET", f"companies/{gone.public_id}?fields=name")
    assert (moved.status_code, moved.headers["Location"]) == (307, f"/api/v1/companies/{kept.public_id}?fields=name")
    assert moved.json() == {"merged_into": kept.public_id}
    again = call("POST", f"companies/{kept.public_id}/merge", {"other": gone.public_id})
    assert (again.status_code, again.json()["code"]) == (409, "merged_already")
    assert call("GET", "companies/by-external-id/crm/42").json()["id"] == kept.public_id
    back = call("POST", f"companies/{gone.public_id}/unmerge", {})
    assert (back.status_code, back.json()["merged_into"], back.json()["employees"]) == (200, None, 52)
