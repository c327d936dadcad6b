"""Pages of companies: list with views and acts on a selection, profile, form (P1, UX 3 and 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.partners.models import Company, Partner, PartnerMove, Site, Vendor, VendorCarried
from prm.partners.services.companies import company_create

pytestmark = pytest.mark.django_db
LIST = "/companies"


@pytest.fixture
def page(client_of: Callable[[Actor], Client], manager: Actor) -> Client:
    return client_of(manager)


def make(actor: Actor, name: str, **values: Any) -> Company:
    with as_role(actor):
        return company_create(actor=actor, values={"name": name, **values})


def test_the_list_asks_as_many_questions_for_twelve_rows_as_for_two(page: Client, manager: Actor) -> None:
    counts = []
    for target in (2, 12):
        while True:
            with as_role(manager):
                have = Company.objects.count()
            if have >= target:
                break
            company = make(manager, f"Company {have}", employees=have)
            with as_role(manager):
                vendor, _made = Vendor.objects.get_or_create(code="nordwall", defaults={"name": "Nordwall"})
                VendorCarried.objects.create(company=company, vendor=vendor)
                if have % 2:
                    Partner.objects.create(company=company)
        page.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            answer = page.get(LIST)
        assert answer.content.decode().count('class="tag">Nordwall</span>') == target
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_chosen_columns_are_remembered_on_this_device(page: Client, manager: Actor) -> None:
    make(manager, "Kerlan")
    keys = lambda answer: [c.key for c in answer.context["listing"].state.columns]  # noqa: E731
    usual = keys(page.get(LIST))
    assert keys(page.get(f"{LIST}?keep=1&col=company&col=growth")) == ["company", "growth"]
    assert keys(page.get(LIST)) == ["company", "growth"]
    assert keys(page.get(f"{LIST}?col=company&col=country")) == ["company", "country"]
    assert keys(page.get(LIST)) == ["company", "growth"], "a view of other columns is not a choice"
    page.get(f"{LIST}?keep=1")
    assert keys(page.get(LIST)) == usual


def test_none_found_says_which_filter_hides_it(page: Client, manager: Actor) -> None:
    make(manager, "Kerlan", country="FR", typology="var")
    make(manager, "Armor", country="FR", typology="msp")
    shown = page.get(f"{LIST}?country=BE&typology=var").context["listing"]
    assert dict(shown.hidden_by) == {"country": (1, False)}
    assert "country" not in shown.chips[0].without or "country" not in shown.chips[1].without


def test_a_company_of_any_country_is_found_and_added(page: Client, manager: Actor) -> None:
    make(manager, "Ångström", country="SE")
    make(manager, "Kerlan", country="FR")
    listing = page.get(f"{LIST}?country=SE").context["listing"]
    assert [row.name for row in listing.page.rows] == ["Ångström"]
    assert listing.chips[0].words == "Sweden"
    page.post("/companies/new", {"name": "Hanoi Systems", "country": "VN"})
    with as_role(manager):
        assert Company.objects.get(name="Hanoi Systems").country == "VN"


def test_revenue_is_filtered_and_entered_in_the_currency_of_the_installation(page: Client, settings) -> None:
    settings.REPORTING_CURRENCY = "HUF"
    assert "HUF" in page.get(f"{LIST}?revenue_min=2000000").context["listing"].chips[0].words
    field = page.get("/companies/new").context["form"]["revenue_currency"]
    assert (field.value(), [code for code, _name in field.field.choices][:2]) == ("HUF", ["", "HUF"])


def test_many_companies_become_candidates_after_a_look(page: Client, manager: Actor) -> None:
    companies = [make(manager, name, country="FR") for name in ("Armor", "Brezan", "Celtic")]
    with as_role(manager):
        Partner.objects.create(company=companies[2], lifecycle="active")
    form = {"id": [c.public_id for c in companies], "query": "country=FR"}
    preview = page.post("/companies/candidates", form)
    assert "1 of the selected is a partner already" in preview.content.decode()
    with as_role(manager):
        assert Partner.objects.count() == 1
    answer = page.post("/companies/candidates", {**form, "sure": "1", "reason": "Best of the study"})
    assert answer.headers["Location"] == "/companies?country=FR"
    with as_role(manager):
        assert sorted(Partner.objects.values_list("company__name", "lifecycle")) == [
            ("Armor", "candidate"), ("Brezan", "candidate"), ("Celtic", "active")
        ]  # fmt: skip
        assert set(PartnerMove.objects.values_list("reason", flat=True)) == {"Best of the study"}


def test_all_of_a_list_are_archived_and_brought_back_by_undo(page: Client, manager: Actor) -> None:
    for name, country in (("Armor", "FR"), ("Brezan", "FR"), ("Delta", "DE")):
        make(manager, name, country=country)
    answer = page.post("/companies/archive", {"all": "1", "query": "country=FR"}, follow=True)
    with as_role(manager):
        assert list(Company.objects.filter(archived_at__isnull=True).values_list("name", flat=True)) == ["Delta"]
    undo = next(m.extra_tags for m in answer.context["messages"]).split("undo=")[1].split()[0]
    page.post(undo)
    with as_role(manager):
        assert Company.objects.filter(archived_at__isnull=True).count() == 3


def test_nothing_ticked_is_told_and_nothing_is_done(page: Client, manager: Actor) -> None:
    make(manager, "Armor")
    answer = page.post("/companies/archive", {"query": ""}, follow=True)
    assert "Tick at least one company." in answer.content.decode()
    with as_role(manager):
        assert Company.objects.filter(archived_at__isnull=True).count() == 1


def test_the_profile_says_what_is_known_since_when_and_what_is_not(page: Client, manager: Actor) -> None:
    company = make(manager, "Kerlan Systèmes", employees=46, city="Brest", country="FR", website="kerlan.example")
    with as_role(manager):
        Site.objects.create(company=company, kind="headquarters", city="Brest", country="FR", latitude=48.39, longitude=-4.49)
        theirs = Vendor.objects.create(code="nordwall", name="Nordwall", relation="competing")
        VendorCarried.objects.create(company=company, vendor=theirs, share_of_business="0.22")
    text = page.get(f"/companies/{company.public_id}").content.decode()
    for words in ("Kerlan Systèmes", "kerlan.example", "46", "Entered", "Not known", "Nordwall", "22", "added the company"):
        assert words in text, words


def test_a_relationship_begins_and_moves_on_from_the_profile(page: Client, manager: Actor) -> None:
    company = make(manager, "Kerlan")
    page.post(f"/companies/{company.public_id}/partner", {"lifecycle": "active", "reason": "Sells since May"})
    page.post(f"/companies/{company.public_id}/advance", {"to": "extended"})
    refused = page.post(f"/companies/{company.public_id}/advance", {"to": "candidate"}, follow=True)
    assert "From here it can only become" in refused.content.decode()
    with as_role(manager):
        assert Partner.objects.get().lifecycle == "extended"
        assert list(PartnerMove.objects.order_by("id").values_list("to_lifecycle", flat=True)) == ["active", "extended"]


def test_the_form_adds_corrects_and_tells_a_stale_edit(page: Client, manager: Actor) -> None:
    answer = page.post("/companies/new", {"name": "Kerlan", "employees": "46"})
    with as_system("looking") as _system:
        company = Company.objects.get()
    assert answer.headers["Location"] == f"/companies/{company.public_id}"
    edit = f"/companies/{company.public_id}/edit"
    assert page.post(edit, {"name": "Kerlan", "employees": "47", "version": "1"}).status_code == 302
    stale = page.post(edit, {"name": "Kerlan", "employees": "48", "version": "1"})
    assert stale.status_code == 409
    assert "Claire Rousset" in stale.content.decode()
    empty = page.post("/companies/new", {"name": "", "employees": "12"})
    assert (empty.status_code, 'value="12"' in empty.content.decode()) == (422, True)
