"""The vendor's home: what needs me, how we are doing, the first steps of an empty installation."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.events.publishing import publish
from prm.partners.events import CompaniesImported, CompanyArchived
from prm.partners.models import Company, Partner, Product, ProductFamily, Sale, Vendor, VendorCarried
from prm.ui import home

pytestmark = pytest.mark.django_db
NOW = "2026-05-19 09:20+02:00"
TODAY = date(2026, 5, 19)
MakeMember = Callable[..., Actor]
Sign = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def _one_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def partner(name: str, manager: Actor | None, *, stage: str = "active", days: int = 400, **facts: Any) -> Partner:
    company = Company.objects.create(name=name, city="Brest", country="FR", region="Bretagne", typology="var", **facts)
    return Partner.objects.create(
        company=company, lifecycle=stage, account_manager_id=manager.person_id if manager else None,
        lifecycle_since=timezone.now() - timedelta(days=days),
    )  # fmt: skip


def sale(owner: Partner, amount: int, day: date, family: str = "Firewall") -> Sale:
    group, _new = ProductFamily.objects.get_or_create(code=family, defaults={"name": family})
    product, _new = Product.objects.get_or_create(code=f"P-{family}", defaults={"name": family, "family": group})
    number = Sale.objects.count() + 1
    return Sale.objects.create(
        partner=owner, product=product, sold_on=day, quantity=1, amount=amount, currency="EUR", amount_reporting=amount,
        rate_day=day, order_number=f"SO-{number}",
    )  # fmt: skip


def text_of(html: str) -> str:
    """The words of a page, as read."""
    bare = re.sub(r"<script.*?</script>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", bare)))


@pytest.fixture
def channel(make_member: MakeMember) -> dict[str, Any]:
    """Two managers: Claire with two partners, one of them quiet; Théo with one."""
    claire = make_member(Role.MANAGER, name="Claire Rousset")
    theo = make_member(Role.MANAGER, name="Théo Marchal", language="fr")
    elise = make_member(Role.DIRECTOR, name="Elise Vidal")
    with system_role("a test"):
        kerlan, breizh = partner("Kerlan Systèmes", claire), partner("Breizh Réseaux", claire)
        isere = partner("Isère Cloud", theo)
        sale(kerlan, 84_000, date(2026, 5, 4))
        sale(kerlan, 60_000, date(2025, 5, 6))
        sale(kerlan, 40_000, date(2025, 6, 20))
        sale(breizh, 30_000, date(2026, 1, 12))
        sale(isere, 16_000, date(2026, 4, 20), "Wi-Fi")
    return {"claire": claire, "theo": theo, "elise": elise, "kerlan": kerlan, "breizh": breizh}


def test_manager_sees_figures_of_own_partners_only(channel: dict[str, Any], client_of: Sign) -> None:
    page = text_of(client_of(channel["claire"]).get("/").content.decode())
    assert "€84 k of €100 k" in page.replace("\u00a0", " ")
    assert "Breizh Réseaux" in page
    assert "Isère Cloud" not in page
    # 84,000 against 60,000 on the same days of last year
    assert re.search(r"40\s?% on Q2 2025", page)


def test_director_sees_figures_of_all_partners(channel: dict[str, Any], client_of: Sign) -> None:
    page = text_of(client_of(channel["elise"]).get("/").content.decode()).replace("\u00a0", " ")
    assert "€100 k of €100 k" in page
    assert "of 3 partners" in page


def test_manager_may_look_at_all_and_a_director_at_own(channel: dict[str, Any], client_of: Sign) -> None:
    page = text_of(client_of(channel["claire"]).get("/?of=all").content.decode()).replace("\u00a0", " ")
    assert "€100 k of €100 k" in page
    assert home.whose_of(channel["elise"], "mine").person_id == channel["elise"].person_id
    assert home.whose_of(channel["elise"], "").person_id is None
    assert home.whose_of(channel["claire"], "").person_id == channel["claire"].person_id


def test_title_counts_the_things_that_need_the_person(channel: dict[str, Any], client_of: Sign) -> None:
    response = client_of(channel["claire"]).get("/")
    # Breizh has not ordered since 12 January: 127 days, pressing.
    assert response.context["title"] == "One thing needs you"
    with system_role("a test"):
        partner("Solvane Télécom", channel["claire"], stage="candidate", days=100)
        partner("Just begun", channel["claire"], stage="candidate", days=3)
    response = client_of(channel["claire"]).get("/")
    assert response.context["title"] == "2 things need you, 2 pressing"
    kinds = [group["source"].key for group in response.context["groups"]]
    assert kinds == ["partners.quiet", "partners.waiting"]


def test_quiet_partner_shows_its_silence_and_what_is_at_stake(channel: dict[str, Any], client_of: Sign) -> None:
    group = client_of(channel["claire"]).get("/").context["groups"][0]
    item = group["work"].items[0]
    assert (item.subject, item.due, item.amount, item.tone) == ("Breizh Réseaux", "127 days quiet", Decimal(30_000), "hot")
    assert group["work"].about == "€30\u00a0k a year"


def test_a_newcomer_that_begins_steeply_is_not_among_those_that_move(channel: dict[str, Any], client_of: Sign) -> None:
    with system_role("a test"):
        settled, newcomer = partner("Settled", channel["claire"]), partner("Newcomer", channel["claire"])
        sale(settled, 5_000, date(2024, 6, 3))
        for to, first, second in ((settled, 20_000, 50_000), (newcomer, 9_000, 90_000)):
            sale(to, first, date(2025, 8, 4))
            sale(to, second, date(2026, 3, 2))
    page = text_of(client_of(channel["claire"]).get("/").content.decode())
    moving = page.partition("Moving")[2].partition("Partner sales")[0]
    assert "Settled" in moving
    assert "Newcomer" not in moving


def test_activity_is_told_after_a_large_import_too(channel: dict[str, Any], client_of: Sign) -> None:
    claire = channel["claire"]
    with as_role(claire):
        publish(CompanyArchived(subject_id=channel["kerlan"].company_id), actor=claire)
        for _chunk in range(70):
            publish(CompaniesImported(subject_id=uuid4(), created=5_000, updated=0), actor=claire)
    page = text_of(client_of(claire).get("/").content.decode())
    assert "Kerlan Systèmes" in page.partition("Activity")[2]


def test_stale_facts_of_partners_are_listed_oldest_first(channel: dict[str, Any], client_of: Sign) -> None:
    with system_role("a test"):
        partner("Old", channel["claire"], stalest_on=TODAY - timedelta(days=600))
        partner("Older", channel["claire"], stalest_on=TODAY - timedelta(days=1_200))
        partner("Fresh", channel["claire"], stalest_on=TODAY - timedelta(days=30))
    groups = {g["source"].key: g["work"] for g in client_of(channel["claire"]).get("/").context["groups"]}
    assert [item.subject for item in groups["partners.stale"].items] == ["Older", "Old"]
    assert groups["partners.stale"].items[0].due == "39 months old"


def test_no_figure_without_data(administrator: Actor, client_of: Sign) -> None:
    with system_role("a test"):
        Company.objects.create(name="Only one company")
    page = client_of(administrator).get("/")
    assert [kpi.label for kpi in page.context["kpis"]] == ["Facts known"]
    assert page.context["charts"] == []
    assert page.context["title"] == "Nothing needs you now"


def test_chart_of_coverage_names_who_leads_where(channel: dict[str, Any], client_of: Sign) -> None:
    with system_role("a test"):
        orvane = Vendor.objects.create(code="orvane", name="Orvane", relation="ours")
        nordwall = Vendor.objects.create(code="nordwall", name="Nordwall", relation="competing")
        tessel = Vendor.objects.create(code="tessel", name="Tessel")
        for region, ours, theirs in (("Bretagne", 4, 1), ("Pays de la Loire", 1, 4)):
            for n in range(6):
                company = Company.objects.create(name=f"{region} {n}", region=region, country="FR")
                VendorCarried.objects.create(company=company, vendor=tessel)
                if n < ours:
                    VendorCarried.objects.create(company=company, vendor=orvane)
                if n < theirs:
                    VendorCarried.objects.create(company=company, vendor=nordwall)
    charts = {c.key: c for c in client_of(channel["elise"]).get("/").context["charts"]}
    assert charts["coverage"].title == "Nordwall leads in Pays de la Loire; we lead in Bretagne"
    assert [(i["name"], i["figure"], i["tone"]) for i in charts["coverage"].data["items"]] == [
        ("Bretagne", "Orvane +50", "us"),
        ("Pays de la Loire", "Nordwall +50", "them"),
    ]


def test_chart_of_families_says_who_took_over(channel: dict[str, Any], client_of: Sign) -> None:
    with system_role("a test"):
        sale(channel["kerlan"], 500_000, date(2024, 9, 10), "Switching")
        sale(channel["kerlan"], 500_000, date(2025, 9, 10), "Firewall")
    charts = {c.key: c for c in client_of(channel["claire"]).get("/").context["charts"]}
    assert charts["families"].title == "Firewall took over from Switching"
    assert len(charts["families"].data["labels"]) == 24
    assert sum(sum(s["values"]) for s in charts["families"].data["series"]) == pytest.approx(1_130)


def test_empty_installation_shows_the_first_steps(administrator: Actor, client_of: Sign) -> None:
    response = client_of(administrator).get("/")
    page = response.content.decode()
    assert "From your file to a target list" in page
    assert [entry["done"] for entry in response.context["steps"]][:2] == [False, False]
    assert page.count("btn-primary") == 1
    assert "Import companies" in page


def test_queries_do_not_grow_with_partners(channel: dict[str, Any], client_of: Sign) -> None:
    client = client_of(channel["claire"])
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/")
    with system_role("a test"):
        for n in range(12):
            sale(partner(f"Partner {n}", channel["claire"]), 1_000 * n, date(2026, 2, 1 + n))
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) == len(few)
    assert len(few) <= 32, [q["sql"][:90] for q in few]


def test_french_home_holds_no_english(channel: dict[str, Any], client_of: Sign) -> None:
    with system_role("a test"):
        partner("Ancienne", channel["theo"], stage="candidate", days=100, stalest_on=TODAY - timedelta(days=700))
    page = text_of(client_of(channel["theo"]).get("/").content.decode())
    assert re.search(r"mardi 19 mai 2026, 9|mardi 19 mai 2026, 09.h.20", page), page[:600]
    assert "2 choses vous attendent" in page
    for word in ("Nous attendent", "Informations à actualiser", "Ventes des partenaires", "Accueil"):
        assert word in page
    for english in ("need you", "Waiting", "Partner sales", "days quiet", "Show all", "so far", "partners "):
        assert english not in page, english


def test_anonymous_is_sent_to_sign_in(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_rows_of_the_page_are_shared_among_the_kinds_of_work() -> None:
    assert home.shared_rows([2, 10, 1]) == [2, 9, 1]
    assert home.shared_rows([9, 9, 9, 9, 9, 9]) == [2, 2, 2, 2, 2, 2]
    assert home.shared_rows([1, 0]) == [1, 0]


def test_each_waiting_thing_can_be_reviewed_in_a_row(channel: dict[str, Any], client_of: Sign) -> None:
    html = client_of(channel["claire"]).get("/").content.decode()
    rows = re.findall(r'data-review="([^"]+)"', html)
    assert "data-review-start" in html
    assert rows
    assert [address for address in rows if not address.startswith("/")] == []


def test_each_kind_of_work_leads_to_the_list_that_it_is_the_head_of(channel: dict[str, Any], client_of: Sign) -> None:
    with system_role("a test"):
        partner("Armor Réseaux", channel["claire"], stalest_on=TODAY - timedelta(days=1200))
        partner("Isère Cloud", channel["claire"], stage="contracted", days=300)
    client = client_of(channel["claire"])
    groups = client.get("/").context["groups"]
    assert len(groups) == 3
    for group in groups:
        listed = text_of(client.get(group["work"].all_url).content.decode())
        assert [str(item.subject) for item in group["work"].items if str(item.subject) not in listed] == []
