"""What hangs on a company is added, changed, removed and brought back, each with its source and history (P1, UX 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person
from prm.core.errors import Conflict, Denied, Invalid, NotFound
from prm.core.ids import uuid7
from prm.partners.details import DETAILS, whole
from prm.partners.models import Company, CompanyExternalId, Industry, OfferCategory, Site, Territory, Vendor, VendorCarried
from prm.partners.selectors.company import company_history
from prm.partners.services.companies import company_create
from prm.partners.services.details import detail_create, detail_delete, detail_edit, detail_restore
from prm.partners.services.facts import Learnt
from prm.partners.services.people import people_forget
from tests.conftest import Caller

pytestmark = pytest.mark.django_db
KeyOf = Callable[..., str]

#: What may be said of one of each kind, and a change to it.
SAID: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "people": ({"name": "Anne Le Goff", "email": "anne@kerlan.example", "department": "sales"}, {"level": "head"}),
    "sites": ({"city": "Brest", "country": "FR", "kind": "headquarters"}, {"city": "Rennes"}),
    "customers": ({"industry": "healthcare", "size": "medium", "share": Decimal("0.38")}, {"share": Decimal("0.4")}),
    "vendors": ({"vendor": "nordwall", "share_of_business": Decimal("0.22"), "since_year": 2019}, {"level": "Gold"}),
    "offers": ({"category": "firewalls", "relation": "competing"}, {"share_of_business": Decimal("0.1")}),
    "market-shares": ({"territory": "brittany", "year": 2025, "share": Decimal("0.07")}, {"share": Decimal("0.08")}),
    "external-ids": ({"source": "CRM", "external_id": "0017F"}, {"external_id": "0017G"}),
}


@pytest.fixture
def company(manager: Actor) -> Company:
    with as_role(manager):
        Industry.objects.create(code="healthcare", name="Healthcare", names={"fr": "Santé"})
        Territory.objects.create(code="brittany", name="Brittany")
        Vendor.objects.create(code="nordwall", name="Nordwall", relation="competing")
        OfferCategory.objects.create(code="firewalls", name="Firewalls")
        return company_create(actor=manager, values={"name": "Kerlan"})


@pytest.fixture
def acting(company: Company, manager: Actor) -> Iterator[Actor]:
    with as_role(manager):
        yield manager


@pytest.mark.parametrize("slug", DETAILS)
def test_every_kind_is_added_changed_removed_and_brought_back_as_it_was(acting: Actor, company: Company, slug: str) -> None:
    kind, (said, change) = DETAILS[slug], SAID[slug]
    learnt = Learnt("Annual report", date(2026, 1, 15))
    record = detail_create(actor=acting, kind=kind, company_id=company.pk, values=said, learnt=learnt)
    changed = detail_edit(actor=acting, kind=kind, record_id=record.pk, values=change)
    name, value = next(iter(change.items()))
    assert kind.said(changed)[name] == (str(value.normalize()) if isinstance(value, Decimal) else value)
    before = kind.said(changed)
    detail_delete(actor=acting, kind=kind, record_id=record.pk)
    assert not kind.model.objects.filter(pk=record.pk).exists()
    back = detail_restore(actor=acting, kind=kind, company_id=company.pk, record_id=record.pk)
    assert (back.pk, kind.said(back)) == (record.pk, before)
    acts = [entry.data["act"] for entry in company_history(actor=acting, company=company) if "act" in entry.data]
    assert acts == ["added", "removed", "changed", "added"]


def test_a_detail_keeps_where_it_was_learnt_and_when_until_it_is_changed(acting: Actor, company: Company) -> None:
    kind = DETAILS["vendors"]
    made = detail_create(
        actor=acting, kind=kind, company_id=company.pk, values=SAID["vendors"][0], learnt=Learnt("Call", date(2026, 2, 1))
    )
    assert (made.source.name, made.source.kind, made.source.person_id, made.as_of) == (
        "Call",
        "manual",
        acting.person_id,
        date(2026, 2, 1),
    )
    same = detail_edit(actor=acting, kind=kind, record_id=made.pk, values={"vendor": "nordwall", "since_year": 2019})
    assert same.as_of == date(2026, 2, 1)
    other = detail_edit(actor=acting, kind=kind, record_id=made.pk, values={"since_year": 2020})
    assert (other.source.name, other.as_of) == (acting.name, timezone.localdate())


def test_what_was_removed_comes_back_with_its_source_and_day(acting: Actor, company: Company) -> None:
    kind = DETAILS["sites"]
    site = detail_create(
        actor=acting,
        kind=kind,
        company_id=company.pk,
        values={"city": "Brest"},
        learnt=Learnt("Its website", date(2025, 5, 1)),
    )
    detail_delete(actor=acting, kind=kind, record_id=site.pk)
    back = detail_restore(actor=acting, kind=kind, company_id=company.pk, record_id=site.pk)
    assert (back.source_id, back.as_of, back.address_key) == (site.source_id, date(2025, 5, 1), "brest")
    detail_restore(actor=acting, kind=kind, company_id=company.pk, record_id=site.pk)
    assert Site.objects.count() == 1


def test_what_names_a_person_stands_in_no_history(acting: Actor, company: Company) -> None:
    kind = DETAILS["people"]
    said = {"name": "Anne Le Goff", "title": "Sales director", "email": "anne@kerlan.example", "phone": "+33 1 99 00 12 34"}
    made = detail_create(actor=acting, kind=kind, company_id=company.pk, values=said | {"department": "sales"})
    detail_edit(actor=acting, kind=kind, record_id=made.pk, values={"name": "Anne Goff", "level": "head"})
    detail_delete(actor=acting, kind=kind, record_id=made.pk)
    back = detail_restore(actor=acting, kind=kind, company_id=company.pk, record_id=made.pk)
    assert (back.name, back.title, back.email, back.phone, back.department, back.level) == (
        "Anne Goff", "Sales director", "anne@kerlan.example", "+33 1 99 00 12 34", "sales", "head",
    )  # fmt: skip
    history = company_history(actor=acting, company=company)
    assert not any(word in str(entry.data) for entry in history for word in ("Anne", "Sales director", "anne@", "+33"))
    assert history[2].about == "Name, Level ? → Head of department"


def test_who_is_at_no_company_for_a_month_is_forgotten(acting: Actor, company: Company) -> None:
    kind = DETAILS["people"]
    gone, here = (
        detail_create(actor=acting, kind=kind, company_id=company.pk, values={"name": name})
        for name in ("Anne Goff", "Luc Petit")
    )
    Person.objects.filter(pk=gone.person_id).update(updated_at=timezone.now() - timedelta(days=400))
    detail_delete(actor=acting, kind=kind, record_id=gone.pk)
    everybody = set(Person.objects.values_list("pk", flat=True))
    with as_system("a test") as system:
        assert people_forget(actor=system) == 0, "removed just now, it can be brought back"
        assert people_forget(actor=system, now=timezone.now() + timedelta(days=31)) == 1
    assert set(Person.objects.values_list("pk", flat=True)) == everybody - {gone.person_id}
    assert here.person_id in everybody
    with pytest.raises(NotFound):
        detail_restore(actor=acting, kind=kind, company_id=company.pk, record_id=gone.pk)


def test_an_edited_name_is_a_change(acting: Actor, company: Company) -> None:
    kind = DETAILS["people"]
    made = detail_create(actor=acting, kind=kind, company_id=company.pk, values={"name": "Anne Le Goff"})
    seen = made.updated_at.isoformat()
    detail_edit(actor=acting, kind=kind, record_id=made.pk, values={"name": "Anne Goff"})
    with pytest.raises(Conflict, match="changed name while"):
        detail_edit(actor=acting, kind=kind, record_id=made.pk, values={"name": "Anna Goff"}, seen=seen)
    assert detail_edit(actor=acting, kind=kind, record_id=made.pk, values={"name": "Anne Goff"}).updated_at != made.updated_at


@pytest.mark.parametrize(("slug", "values", "field", "code"), [
    ("people", {"department": "sales"}, "name", "says_nothing"),
    ("people", {"name": "Anne Le Goff", "email": "anne at kerlan"}, "email", "invalid"),
    ("people", {"name": "Anne Le Goff", "level": "boss"}, "level", "invalid"),
    ("sites", {}, "city", "says_nothing"),
    ("sites", {"city": "Brest", "latitude": 48.4}, "latitude", "position_half"),
    ("sites", {"country": "France"}, "country", "invalid"),
    ("customers", {"share": Decimal("0.1")}, "industry", "says_nothing"),
    ("customers", {"industry": "nothing"}, "industry", "unknown_code"),
    ("vendors", {}, "vendor", "says_nothing"),
    ("offers", {"category": "firewalls", "relation": "odd"}, "relation", "invalid"),
    ("external-ids", {"source": "CRM"}, "external_id", "invalid"),
    ("vendors", {"vendor": "nordwall", "shoe_size": 1}, "shoe_size", "unknown_field"),
])  # fmt: skip
def test_what_breaks_a_rule_is_refused_at_its_field(
    acting: Actor, company: Company, slug: str, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        detail_create(actor=acting, kind=DETAILS[slug], company_id=company.pk, values=values)
    assert (refusal.value.field, refusal.value.code) == (field, code)


@pytest.mark.parametrize(
    "values",
    [{"vendor": "nordwall", "share_of_business": Decimal("1.2")}, {"vendor": "nordwall", "share_of_business": Decimal(-1)}],
)
def test_a_share_is_between_nothing_and_all(acting: Actor, company: Company, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        detail_create(actor=acting, kind=DETAILS["vendors"], company_id=company.pk, values=values)
    assert not VendorCarried.objects.exists()


def test_a_day_to_come_is_refused(acting: Actor, company: Company) -> None:
    with pytest.raises(Invalid) as refusal:
        tomorrow = Learnt(as_of=timezone.localdate() + timedelta(days=1))
        detail_create(actor=acting, kind=DETAILS["sites"], company_id=company.pk, values={"city": "Brest"}, learnt=tomorrow)
    assert refusal.value.field == "as_of"


@pytest.mark.parametrize("slug", ["customers", "vendors", "offers", "market-shares", "external-ids"])
def test_the_same_is_not_there_twice(acting: Actor, company: Company, slug: str) -> None:
    detail_create(actor=acting, kind=DETAILS[slug], company_id=company.pk, values=SAID[slug][0])
    with pytest.raises(Conflict) as refusal:
        detail_create(actor=acting, kind=DETAILS[slug], company_id=company.pk, values=SAID[slug][0])
    assert refusal.value.code == "already_there"


def test_a_form_sent_twice_adds_once(acting: Actor, company: Company) -> None:
    key = uuid7()
    for _time in range(2):
        detail_create(actor=acting, kind=DETAILS["sites"], company_id=company.pk, values={"city": "Brest"}, key=key)
    assert Site.objects.count() == 1


def test_a_stale_edit_says_who_changed_what(acting: Actor, director: Actor, company: Company) -> None:
    kind = DETAILS["vendors"]
    seen = detail_create(actor=acting, kind=kind, company_id=company.pk, values=SAID["vendors"][0]).updated_at.isoformat()
    record = VendorCarried.objects.get()
    detail_edit(actor=director, kind=kind, record_id=record.pk, values={"since_year": 2021}, seen=seen)
    with pytest.raises(Conflict) as refusal:
        detail_edit(actor=acting, kind=kind, record_id=record.pk, values={"since_year": 2018}, seen=seen)
    assert "Daniel Weiss changed since" in str(refusal.value.message)
    record.refresh_from_db()
    assert record.since_year == 2021


def test_whoever_may_not_edit_changes_nothing(acting: Actor, company: Company) -> None:
    reader = Actor(
        kind=acting.kind, user_id=acting.user_id, person_id=acting.person_id,
        permissions=frozenset(p for p in acting.permissions if p.endswith(":view")),
    )  # fmt: skip
    record = detail_create(actor=acting, kind=DETAILS["sites"], company_id=company.pk, values={"city": "Brest"})
    with pytest.raises(Denied):
        detail_create(actor=reader, kind=DETAILS["sites"], company_id=company.pk, values={"city": "Brest"})
    with pytest.raises(Denied):
        detail_delete(actor=reader, kind=DETAILS["sites"], record_id=record.pk)
    with pytest.raises(NotFound):
        detail_create(actor=acting, kind=DETAILS["sites"], company_id=uuid7(), values={"city": "Brest"})


def test_shares_add_up_to_a_whole_with_what_is_not_known() -> None:
    assert whole([Decimal("0.3"), None]) == whole([Decimal("0.3")])
    some = whole([Decimal("0.3"), Decimal("0.2")])
    assert some is not None
    assert (some.told, some.unknown, some.over) == (Decimal("0.5"), Decimal("0.5"), 0)
    assert whole([None]) is None


def test_an_id_of_another_company_is_refused(acting: Actor, company: Company) -> None:
    other = company_create(actor=acting, values={"name": "Armor"})
    CompanyExternalId.objects.create(company=other, source="crm", external_id="0017F")
    with pytest.raises(Conflict):
        detail_create(actor=acting, kind=DETAILS["external-ids"], company_id=company.pk, values=SAID["external-ids"][0])


# Pages


def add(actor: Actor, company: Company, slug: str, **change: Any) -> Any:
    with as_role(actor):
        return detail_create(actor=actor, kind=DETAILS[slug], company_id=company.pk, values={**SAID[slug][0], **change})


def only(actor: Actor, slug: str) -> Any:
    with as_role(actor):
        return DETAILS[slug].model.objects.select_related(None).get()


@pytest.fixture
def page(client_of: Callable[[Actor], Client], manager: Actor) -> Client:
    return client_of(manager)


def test_a_vendor_carried_is_added_changed_and_removed_on_its_page(page: Client, manager: Actor, company: Company) -> None:
    address = f"/companies/{company.public_id}/details/vendors"
    opened = page.get(address).content.decode()
    key = opened.split('name="key" value="')[1].split('"')[0]
    form = {
        "vendor": "nordwall", "share_of_business": "22,5", "since_year": "2019", "key": key, "learnt_from": "Call",
        "as_of": "2026-03-01",
    }  # fmt: skip
    for _time in range(2):
        assert page.post(address, form).status_code == 302
    record = only(manager, "vendors")
    assert (record.share_of_business, record.as_of, record.public_id) == (Decimal("0.225"), date(2026, 3, 1), key)
    shown = page.get(address).content.decode()
    assert "22.5" in shown
    assert 'class="c-hatch"' in shown, "what is not known of the business is told"
    edit = f"{address}/{record.public_id}"
    seen = record.updated_at.isoformat()
    assert (
        page.post(edit, {"vendor": "nordwall", "since_year": "2018", "seen": seen, "as_of": "2026-03-01"}).status_code == 302
    )
    stale = page.post(edit, {"vendor": "nordwall", "since_year": "2017", "seen": seen, "as_of": "2026-03-01"})
    assert (stale.status_code, "while this form was open" in stale.content.decode()) == (422, True)
    gone = page.post(f"{edit}/remove", follow=True)
    assert "Nothing known yet" in gone.content.decode()
    undo = next(m.extra_tags for m in gone.context["messages"]).split("undo=")[1].split()[0]
    page.post(undo)
    assert only(manager, "vendors").since_year == 2018


def test_shares_beyond_the_whole_are_told(page: Client, manager: Actor, company: Company) -> None:
    for size, share in (("small", "0.7"), ("medium", "0.5")):
        add(manager, company, "customers", size=size, share=Decimal(share))
    text = page.get(f"/companies/{company.public_id}/details/customers").content.decode()
    assert "add up to 120" in text


@pytest.mark.parametrize("slug", DETAILS)
def test_every_kind_has_its_page_even_when_nothing_is_known(
    page: Client, manager: Actor, company: Company, slug: str
) -> None:
    address = f"/companies/{company.public_id}/details/{slug}"
    assert "Nothing known yet" in page.get(address).content.decode()
    record = add(manager, company, slug)
    assert record.public_id in page.get(address).content.decode()
    refused = page.post(address, {})
    assert (refused.status_code, "data-errors" in refused.content.decode()) == (422, True)
    assert page.get(f"{address}/{record.public_id}").status_code == 200


# API


@pytest.mark.parametrize("slug", [slug for slug in DETAILS if slug != "sites"])
def test_every_kind_goes_by_api_as_well(manager: Actor, company: Company, key_of: KeyOf, slug: str) -> None:
    call = Caller(key_of(manager, ["companies:write"]))
    path = f"companies/{company.public_id}/{slug}"
    said, change = ({_api(n): float(v) if isinstance(v, Decimal) else v for n, v in part.items()} for part in SAID[slug])
    extra = {"as_of": "2026-01-15", "learnt_from": "Annual report"} if DETAILS[slug].is_sourced else {}
    new = call("POST", path, {**said, **extra})
    assert new.status_code == 201, new.content
    if extra:
        assert (new.json()["as_of"], new.json()["source"]) == ("2026-01-15", {"kind": "manual", "name": "Annual report"})
    assert call("POST", path, said).status_code == 409
    one = f"{path}/{new.json()['id']}"
    changed = call("PATCH", one, change, If_Match=new.headers["ETag"])
    assert changed.status_code == 200, changed.content
    assert {name: changed.json()[name] for name in change} == change
    assert [row["id"] for row in call("GET", path).json()["data"]] == [new.json()["id"]]
    assert call("DELETE", one).status_code == 204
    assert call("GET", path).json()["data"] == []


def _api(name: str) -> str:
    return {"vendor": "code", "category": "code"}.get(name, name)
