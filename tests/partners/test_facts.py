"""Facts of a company: where and when they were learnt, what they were before, and what holds once a correction is taken back (P1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.errors import Conflict, Invalid
from prm.partners.facts.words import fact_words
from prm.partners.forms.fields import FigureField
from prm.partners.models import Company, CompanyFact, FactSource, SourceKind, SourcePrecedence
from prm.partners.rules.trust import Told, next_best
from prm.partners.selectors.company import company_history, company_twins, fact_history
from prm.partners.services.companies import company_archive, company_create, company_edit, fact_withdraw
from prm.partners.services.facts import Learnt
from tests.conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def acting(manager: Actor) -> Iterator[Actor]:
    with as_role(manager):
        yield manager


def told_by(kind: SourceKind, name: str) -> FactSource:
    return FactSource.objects.create(kind=kind, name=name, key=f"{kind}:{name}")


def test_a_correction_says_where_it_was_learnt_and_as_of_when(acting: Actor) -> None:
    company = company_create(actor=acting, values={"name": "Kerlan"})
    learnt = Learnt("Annual report 2025", date(2026, 3, 1))
    edited = company_edit(actor=acting, company_id=company.pk, values={"employees": 46}, learnt=learnt)
    source = FactSource.objects.get(name="Annual report 2025")
    assert edited.provenance["employees"] == [str(source.pk), "2026-03-01", str(acting.person_id)]
    assert (source.kind, source.person_id) == ("manual", acting.person_id)
    assert edited.provenance["name"][1] == timezone.localdate().isoformat(), "what was not touched keeps its source"


def test_a_day_to_come_is_refused(acting: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        tomorrow = Learnt(as_of=timezone.localdate() + timedelta(days=1))
        company_create(actor=acting, values={"name": "Kerlan"}, learnt=tomorrow)
    assert refusal.value.field == "as_of"


def test_a_correction_taken_back_gives_way_to_the_next_best_source(acting: Actor) -> None:
    crm, registry = told_by(SourceKind.IMPORT, "CRM"), told_by(SourceKind.REGISTRY, "Register")
    company = company_create(actor=acting, values={"name": "Kerlan", "employees": 40}, source=crm, as_of=date(2026, 1, 1))
    company_edit(actor=acting, company_id=company.pk, values={"employees": 44}, source=registry, as_of=date(2026, 2, 1))
    company_edit(actor=acting, company_id=company.pk, values={"employees": 50})
    back = fact_withdraw(actor=acting, company_id=company.pk, fact="employees")
    assert (back.employees, back.provenance["employees"]) == (44, [str(registry.pk), "2026-02-01", str(acting.person_id)])
    states = [(e.value, e.status) for e in fact_history(actor=acting, company=back, fact="employees")]
    assert states == [(44, ""), (50, "withdrawn"), (44, "corrected"), (40, "superseded")]
    newest = company_history(actor=acting, company=back)[0]
    assert (newest.data["changes"], newest.data["is_withdrawal"]) == ({"employees": [50, 44]}, True)


def test_the_table_of_precedence_decides_what_comes_back(acting: Actor, director: Actor) -> None:
    crm, registry = told_by(SourceKind.IMPORT, "CRM"), told_by(SourceKind.REGISTRY, "Register")
    company = company_create(actor=acting, values={"name": "Kerlan", "employees": 50})
    for source, value in ((crm, 40), (registry, 44)):
        company_edit(actor=acting, company_id=company.pk, values={"employees": value}, source=source, as_of=date(2026, 1, 1))
    SourcePrecedence.objects.create(kind=SourceKind.IMPORT, rank=15)
    assert fact_withdraw(actor=acting, company_id=company.pk, fact="employees").employees == 40


def test_what_was_taken_back_does_not_come_back_by_itself(acting: Actor) -> None:
    company = company_create(actor=acting, values={"name": "Kerlan", "employees": 50})
    company_edit(actor=acting, company_id=company.pk, values={"employees": 52}, learnt=Learnt("Call"))
    assert fact_withdraw(actor=acting, company_id=company.pk, fact="employees").employees == 50
    gone = fact_withdraw(actor=acting, company_id=company.pk, fact="employees")
    assert (gone.employees, "employees" in gone.provenance) == (None, False)


def test_money_comes_back_with_its_currency_and_year(acting: Actor) -> None:
    crm = told_by(SourceKind.IMPORT, "CRM")
    values = {"name": "Kerlan", "revenue": Decimal("8400000"), "revenue_currency": "CHF", "revenue_year": 2024}
    company = company_create(actor=acting, values=values, source=crm)
    company_edit(
        actor=acting, company_id=company.pk, values={"revenue": Decimal(9), "revenue_currency": "EUR", "revenue_year": 2025}
    )
    back = fact_withdraw(actor=acting, company_id=company.pk, fact="revenue")
    back.refresh_from_db()
    assert (back.revenue, back.revenue_currency, back.revenue_year) == (Decimal("8400000"), "CHF", 2024)


def test_only_what_was_entered_by_hand_can_be_taken_back(acting: Actor) -> None:
    crm = told_by(SourceKind.IMPORT, "CRM")
    company = company_create(actor=acting, values={"name": "Kerlan", "employees": 40}, source=crm)
    with pytest.raises(Conflict) as refusal:
        fact_withdraw(actor=acting, company_id=company.pk, fact="employees")
    assert refusal.value.code == "not_by_hand"
    other = company_create(actor=acting, values={"name": "Armor"})
    with pytest.raises(Conflict) as refusal:
        fact_withdraw(actor=acting, company_id=other.pk, fact="name")
    assert refusal.value.code == "nothing_else_known"
    assert CompanyFact.objects.count() == 0


def test_of_equal_sources_the_later_day_holds() -> None:
    assert next_best([]) is None
    assert next_best([Told(50, date(2026, 1, 1), 0), Told(50, None, 1), Told(20, date(2020, 1, 1), 2)]) == Told(
        20, date(2020, 1, 1), 2
    )


@pytest.mark.parametrize(("text", "french", "plain"), [
    ("8 400 000,50", True, "8400000.50"),
    ("8\u202f400\u202f000", True, "8400000"),
    ("8,400,000.5", False, "8400000.5"),
    ("8,400", False, "8400"),
    ("8,4", False, "8.4"),
    ("8.400", True, "8400"),
    ("12'500", False, "12500"),
    ("−3,5", True, "-3.5"),
    ("1,5 M€", True, "1500000"),
    ("1.5M", False, "1500000"),
    ("1.5M", True, "1500000"),
    ("18 300", False, "18300"),
    ("18.300,50", False, "18300.50"),
    ("12 k€", True, "12000"),
])  # fmt: skip
def test_figures_are_taken_the_way_people_write_them_in_forms_as_in_files(text: str, french: bool, plain: str) -> None:
    with translation.override("fr" if french else "en"):
        assert FigureField().clean(text) == Decimal(plain)


@pytest.mark.parametrize(("text", "words"), [
    ("much", "This is no number: write it like 1,250 or 1.5M."),
    ("10-20", "Write one number, not a range."),
    ("12 %", "A percentage, where an amount belongs"),
    ("2.5", "Enter a number without decimals."),
    ("20 000 000", "Enter 10,000,000 or less."),
])  # fmt: skip
def test_a_figure_that_cannot_be_taken_says_why_and_how(text: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FigureField(whole=True, max_value=10_000_000).clean(text)
    assert refused.value.messages == [words]


def test_facts_are_worded_in_the_language_of_the_reader() -> None:
    with translation.override("fr"):
        assert fact_words("languages", ["fr", "en"]) == "Français, Anglais"
        assert fact_words("country", "DE") == "Allemagne"
    with translation.override("en"):
        assert (
            fact_words("revenue", {"revenue": "8400000.0000", "revenue_currency": "EUR", "revenue_year": 2024})
            == "€8.4\u00a0M FY\u00a02024"
        )
        assert fact_words("revenue", "8400000") == "€8.4\u00a0M", "as it was kept before"
        assert fact_words("employees", None) is None


# The same company twice


def test_who_is_there_already_is_found_by_number_domain_and_name(acting: Actor) -> None:
    there = company_create(
        actor=acting,
        values={
            "name": "Kerlan Systèmes",
            "country": "FR",
            "website": "kerlan.example",
            "registration_number": "812 404 117",
        },
    )
    for asked, by in (
        ({"registration_number": "812404117"}, "registration"),
        ({"website": "https://www.kerlan.example/fr"}, "domain"),
        ({"name": "KERLAN systemes", "country": "FR"}, "name"),
        ({"name": "kerlan systemes"}, "name"),
    ):
        assert [(t.company.pk, t.by) for t in company_twins(actor=acting, **asked)] == [(there.pk, by)]  # type: ignore[arg-type]
    assert company_twins(actor=acting, name="Kerlan Systèmes", country="DE") == []
    assert company_twins(actor=acting) == []
    assert company_twins(actor=acting, website="kerlan.example", besides=there.pk) == []
    company_archive(actor=acting, company_id=there.pk)
    assert company_twins(actor=acting, website="kerlan.example") == []


# Pages


@pytest.fixture
def page(client_of: Callable[[Actor], Client], manager: Actor) -> Client:
    return client_of(manager)


def made(actor: Actor, **values: object) -> Company:
    with as_role(actor):
        return company_create(actor=actor, values={"name": "Kerlan", **values})


def test_the_form_takes_figures_and_shows_them_the_local_way(
    client_of: Callable[[Actor], Client], make_member: Callable[..., Actor]
) -> None:
    manager = make_member(name="Inès Delattre", language="fr")
    page = client_of(manager)
    company = made(manager, revenue=Decimal("8400000"), revenue_currency="EUR", languages=["fr", "tlh"], country="FR")
    address = f"/companies/{company.public_id}/edit"
    text = page.get(address).content.decode()
    assert 'value="8\u202f400\u202f000"' in text
    for words in ("Euro (EUR)", "Français", "tlh", "Appris par"):
        assert words in text, words
    form = {
        "name": "Kerlan", "country": "FR", "revenue": "9 100 000,50", "revenue_currency": "EUR", "growth": "6,1",
        "languages": ["fr", "tlh"], "version": "1", "learnt_from": "Rapport annuel", "as_of": "2026-02-01",
    }  # fmt: skip
    assert page.post(address, form).status_code == 302
    with as_role(manager):
        company.refresh_from_db()
    assert (company.revenue, company.growth, company.languages) == (Decimal("9100000.5"), Decimal("0.061"), ["fr", "tlh"])
    assert company.provenance["revenue"][1] == "2026-02-01"
    assert company.provenance["country"][1] == timezone.localdate().isoformat()
    history = page.get(f"/companies/{company.public_id}/facts/revenue").content.decode()
    assert "Rapport annuel" in history
    assert "8,4" in history


def test_a_correction_is_taken_back_on_the_page_of_its_fact(page: Client, manager: Actor) -> None:
    company = made(manager, employees=46)
    address = f"/companies/{company.public_id}/facts/employees"
    assert "Take back" in page.get(address).content.decode()
    after = page.post(f"{address}/withdraw", follow=True).content.decode()
    assert "Nobody" not in after
    assert "Taken back" in after
    with as_role(manager):
        company.refresh_from_db()
    assert company.employees is None
    assert page.get(f"/companies/{company.public_id}/facts/shoe_size").status_code == 404


def test_a_second_company_of_the_same_name_is_added_only_on_purpose(page: Client, manager: Actor) -> None:
    made(manager, country="FR")
    told = page.get("/companies/twins?name=kerlan&country=FR").content.decode()
    assert "same name" in told
    form = {"name": "Kerlan", "country": "FR"}
    asked = page.post("/companies/new", form)
    assert (asked.status_code, "Add all the same" in asked.content.decode()) == (409, True)
    assert page.post("/companies/new", {**form, "sure": "on"}).status_code == 302
    with as_role(manager):
        assert Company.objects.count() == 2


def test_a_new_company_sent_twice_is_added_once(page: Client, manager: Actor) -> None:
    opened = page.get("/companies/new").content.decode()
    key = opened.split('name="key" value="')[1].split('"')[0]
    for _time in range(2):
        assert page.post("/companies/new", {"name": "Armor", "key": key}).headers["Location"] == f"/companies/{key}"
    with as_role(manager):
        assert Company.objects.count() == 1


def test_a_profile_of_which_little_is_known_says_what_is_missing(page: Client, manager: Actor) -> None:
    company = made(manager)
    text = page.get(f"/companies/{company.public_id}").content.decode()
    for words in ("Little is known yet", "Enter what you know", "Whom it carries is not known."):
        assert words in text, words
    assert "What it offers is not known." in page.get(f"/companies/{company.public_id}/facts").content.decode()
    page.post(f"/companies/{company.public_id}/archive")
    archived = page.get(f"/companies/{company.public_id}").content.decode()
    assert "Archived on" in archived
    assert archived.count("Restore") >= 2
    assert "Edit facts" not in archived


def test_history_says_what_changed_from_what_to_what(page: Client, manager: Actor) -> None:
    company = made(manager, employees=44)
    with as_role(manager):
        company_edit(actor=manager, company_id=company.pk, values={"employees": 46, "city": "Brest"})
    for address in (f"/companies/{company.public_id}", f"/companies/{company.public_id}/history"):
        text = page.get(address).content.decode()
        assert "Employees 44 → 46, City ? → Brest" in text
        assert "changed 2 facts" in text


# API


def test_a_facts_values_are_read_and_taken_back_by_api(manager: Actor, key_of: Callable[..., str]) -> None:
    call = Caller(key_of(manager, ["companies:write"]))
    new = call(
        "POST", "companies", {"name": "Kerlan", "employees": 44, "as_of": "2026-01-15", "learnt_from": "Annual report"}
    )
    assert new.json()["provenance"]["employees"] == {"kind": "manual", "name": "Annual report", "as_of": "2026-01-15"}
    path = f"companies/{new.json()['id']}"
    call("PATCH", path, {"employees": 46}, If_Match=new.headers["ETag"])
    assert call("POST", f"{path}/withdraw", {"fact": "employees"}).json()["employees"] == 44
    rows = call("GET", f"{path}/facts?fact=employees").json()["data"]
    assert [(row["value"], row["status"]) for row in rows] == [(46, "withdrawn"), (44, "corrected")]
    assert rows[1]["source"] == {"kind": "manual", "name": "Annual report"}
    assert call("POST", f"{path}/withdraw", {"fact": "name"}).status_code == 409
    assert call("POST", f"{path}/withdraw", {"fact": "shoe_size"}).status_code == 422
