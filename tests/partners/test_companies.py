"""Adding and changing companies: facts keep their source, stale edits are told, history is kept (P1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from prm.access.actors import Actor, ActorKind, Role
from prm.access.roles import as_role
from prm.core.errors import Conflict, Denied, Invalid, NotFound
from prm.core.ids import uuid7
from prm.partners.models import CompanyFact, ExchangeRate, FactSource, SourceKind
from prm.partners.selectors.company import company_get, company_history
from prm.partners.services.companies import company_archive, company_create, company_edit, company_restore

pytestmark = pytest.mark.django_db


@pytest.fixture
def acting(manager: Actor) -> Any:
    """The test runs as a channel manager, as a request would."""
    with as_role(manager):
        yield manager


def test_a_company_keeps_who_said_what_and_when(acting: Actor) -> None:
    company = company_create(
        actor=acting,
        values={"name": " Kerlan Systèmes ", "employees": 46, "city": "", "website": "https://www.kerlan.example"},
    )
    assert (company.name, company.domain, company.city) == ("Kerlan Systèmes", "kerlan.example", None)
    source = FactSource.objects.get()
    assert (source.kind, source.name) == ("manual", "Claire Rousset")
    assert company.provenance["employees"][0] == str(source.pk)
    assert "city" not in company.provenance
    company.refresh_from_db()
    assert company.known_count == 2
    assert [entry.sentence for entry in company_history(actor=acting, company=company)] == ["added the company"]


@pytest.mark.parametrize(("values", "field"), [
    ({"name": ""}, "name"),
    ({"name": "K", "country": "France"}, "country"),
    ({"name": "K", "employees": -1}, None),
    ({"name": "K", "revenue": "100"}, "revenue_currency"),
    ({"name": "K", "website": "not an address"}, "website"),
    ({"name": "K", "latitude": 48.0}, "latitude"),
    ({"name": "K", "shoe_size": 43}, "shoe_size"),
])  # fmt: skip
def test_what_breaks_a_rule_is_refused_at_its_field(acting: Actor, values: dict[str, Any], field: str | None) -> None:
    with pytest.raises(Invalid) as refusal:
        company_create(actor=acting, values=values)
    assert refusal.value.field == field


def test_a_company_that_breaks_several_rules_is_told_all_of_them(acting: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        company_create(actor=acting, values={"name": "K" * 300, "city": "B" * 300, "country": "France"})
    assert refusal.value.code == "invalid"
    assert {fault.field for fault in refusal.value.faults} == {"name", "city", "country"}


def test_a_correction_keeps_the_former_value_with_its_source(acting: Actor) -> None:
    source = FactSource.objects.create(kind=SourceKind.IMPORT, name="CRM", key="import:crm")
    company = company_create(actor=acting, values={"name": "Kerlan", "employees": 44}, source=source, as_of=date(2026, 1, 1))
    edited = company_edit(actor=acting, company_id=company.pk, values={"employees": 46, "name": "Kerlan"}, version=1)
    assert (edited.employees, edited.version) == (46, 2)
    former = CompanyFact.objects.get()
    assert (former.field, former.status, former.value, former.source, former.as_of) == (
        "employees",
        "corrected",
        44,
        source,
        date(2026, 1, 1),
    )
    assert edited.provenance["name"][0] == str(source.pk), "what did not change keeps its source"


def test_a_less_trusted_source_only_proposes(acting: Actor) -> None:
    company = company_create(actor=acting, values={"name": "Kerlan", "employees": 46})
    crm = FactSource.objects.create(kind=SourceKind.API, name="CRM", key="api:crm")
    edited = company_edit(actor=acting, company_id=company.pk, values={"employees": 60, "engineers": 14}, source=crm)
    assert (edited.employees, edited.engineers) == (46, 14)
    assert CompanyFact.objects.get().status == "proposed"


def test_a_stale_edit_says_who_changed_what(acting: Actor, director: Actor) -> None:
    company = company_create(actor=acting, values={"name": "Kerlan", "employees": 46})
    company_edit(actor=director, company_id=company.pk, values={"employees": 50, "city": "Brest"}, version=1)
    with pytest.raises(Conflict) as refusal:
        company_edit(actor=acting, company_id=company.pk, values={"employees": 48}, version=1)
    assert "Daniel Weiss" in str(refusal.value.message)
    assert "employees" in str(refusal.value.message)
    assert "city" in str(refusal.value.message)
    company.refresh_from_db()
    assert company.employees == 50


def test_saving_a_form_unchanged_changes_nothing(acting: Actor) -> None:
    company = company_create(actor=acting, values={"name": "Kerlan", "growth": Decimal("0.061")})
    edited = company_edit(
        actor=acting, company_id=company.pk, values={"name": "Kerlan", "growth": "0.0610", "city": None}, version=1
    )
    assert edited.version == 1
    assert len(company_history(actor=acting, company=edited)) == 1


def test_revenue_is_converted_at_the_last_known_rate_and_else_unknown(acting: Actor, director: Actor) -> None:
    ExchangeRate.objects.create(day=date(2026, 1, 1), from_currency="USD", to_currency="EUR", rate=Decimal("0.9"))
    values = {"name": "Kerlan", "revenue": Decimal(1000), "revenue_currency": "usd"}
    assert company_create(actor=acting, values=values).revenue_reporting == Decimal(900)
    assert company_create(actor=acting, values={**values, "revenue_currency": "JPY"}).revenue_reporting is None
    before = company_create(actor=acting, values=values, as_of=date(2025, 12, 31))
    assert before.revenue_reporting is None


def test_a_fact_can_be_made_unknown_again(acting: Actor) -> None:
    company = company_create(actor=acting, values={"name": "Kerlan", "employees": 46})
    edited = company_edit(actor=acting, company_id=company.pk, values={"employees": None})
    assert edited.employees is None
    assert "employees" not in edited.provenance
    assert CompanyFact.objects.get().value == 46


def test_archived_companies_come_back_with_their_history(acting: Actor) -> None:
    company = company_create(actor=acting, values={"name": "Kerlan"})
    assert company_archive(actor=acting, company_id=company.pk).archived_at is not None
    assert company_restore(actor=acting, company_id=company.pk).archived_at is None
    sentences = [entry.sentence for entry in company_history(actor=acting, company=company)]
    assert sentences == ["brought the company back", "archived the company", "added the company"]


def test_nobody_outside_the_vendor_sees_or_changes_a_company(acting: Actor) -> None:
    company = company_create(actor=acting, values={"name": "Kerlan"})
    for kind in (ActorKind.PARTNER, ActorKind.CANDIDATE, ActorKind.SPECIALIST, ActorKind.ANONYMOUS):
        stranger = Actor(kind=kind, partner_id=uuid7(), roles=frozenset({Role.MANAGER}))
        with pytest.raises(Denied):
            company_get(actor=stranger, company_id=company.pk)
        with pytest.raises((Denied, NotFound)):
            company_edit(actor=stranger, company_id=company.pk, values={"name": "Mine"})
        with pytest.raises(Denied):
            company_create(actor=stranger, values={"name": "Mine"})


@pytest.mark.parametrize(
    "website", ["javascript://kerlan.example/%0aalert(1)", "data://kerlan.example", "ftp://kerlan.example"]
)
def test_a_website_is_an_address_that_a_browser_may_be_led_to(acting: Actor, website: str) -> None:
    with pytest.raises(Invalid) as refusal:
        company_create(actor=acting, values={"name": "Kerlan", "website": website})
    assert refusal.value.code == "not_url"


def test_an_address_within_an_address_is_no_scheme(acting: Actor) -> None:
    company = company_create(actor=acting, values={"name": "Kerlan", "website": "kerlan.example/?u=http://x.example"})
    assert company.domain == "kerlan.example"


def test_a_name_holds_no_mark_that_turns_it_round(acting: Actor) -> None:
    company = company_create(actor=acting, values={"name": "\u202eKer\u200blan\u2069\ufeff "})
    assert company.name == "Kerlan"
