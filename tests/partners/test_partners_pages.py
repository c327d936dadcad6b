"""Partners and their order lines: listed, assigned, moved on, added up, exported; born in one place (P5, P6, UX 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.errors import Conflict, Denied
from prm.events.models import OutboxEvent
from prm.partners.models import Company, Partner, PartnerMove, PartnerTerritory, Product, ProductFamily, Sale, Territory
from prm.partners.rules.sales import month_back
from prm.partners.selectors.partners import partners_shown, partners_sold
from prm.partners.selectors.sales import sales_shown, sales_total
from prm.partners.services.lifecycle import partners_advance
from prm.partners.services.partners import candidates_create, partner_create, partners_assign
from prm.ui import formats

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 19)


def partner(actor: Actor, name: str, lifecycle: str = "active") -> Partner:
    with as_role(actor):
        company = Company.objects.create(name=name, city="Brest")
        return Partner.objects.create(company=company, lifecycle=lifecycle)


def sold(actor: Actor, to: Partner, day: date, amount: int, *, rate: bool = True, number: str = "") -> Sale:
    with as_role(actor):
        family, _made = ProductFamily.objects.get_or_create(code="switching", defaults={"name": "Switching"})
        product, _made = Product.objects.get_or_create(code="sw", defaults={"name": "Switch", "family": family})
        return Sale.objects.create(
            partner=to, product=product, sold_on=day, quantity=1, amount=amount, currency="EUR" if rate else "JPY",
            amount_reporting=amount if rate else None, order_number=number or f"SO-{Sale.objects.count()}", source_key="crm",
        )  # fmt: skip


def test_a_partner_is_listed_with_its_twelve_whole_months_and_those_before(manager: Actor) -> None:
    kerlan, armor = partner(manager, "Kerlan"), partner(manager, "Armor")
    for day, amount in (
        (date(2026, 5, 3), 1000), (date(2026, 4, 30), 7), (date(2025, 5, 1), 5), (date(2025, 4, 30), 3), (date(2024, 5, 1), 2),
        (date(2024, 4, 30), 9000),
    ):  # fmt: skip
        sold(manager, kerlan, day, amount)
    with as_role(manager):
        shown = partners_shown(actor=manager, today=TODAY)
        rows = {p.pk: p for p in shown}
        assert partners_sold(actor=manager, rows=shown) == 12
    assert (rows[kerlan.pk].sales_year, rows[kerlan.pk].sales_before, rows[kerlan.pk].last_order) == (12, 5, date(2026, 5, 3))
    assert (rows[armor.pk].sales_year, rows[armor.pk].last_order) == (None, None)


def test_growth_is_told_of_whose_year_before_is_whole_and_else_since_when(
    client_of: Callable[[Actor], Client], manager: Actor
) -> None:
    today = timezone.localdate()
    old, young, never = partner(manager, "Old hand"), partner(manager, "Newcomer"), partner(manager, "No order")
    for to, months, amount in ((old, 24, 100), (old, 3, 150), (young, 14, 1), (young, 3, 500)):
        sold(manager, to, month_back(today, months), amount)
    listing = client_of(manager).get("/partners").context["listing"]
    change = {
        row.company.name: str(next(c for c in listing.spec.columns if c.key == "change").cell(row))
        for row in listing.page.rows
    }
    assert "50" in change["Old hand"]
    assert "×" not in change["Newcomer"]
    assert formats.month(month_back(today, 14)) in change["Newcomer"]
    assert "–" in change[never.company.name]
    profile = client_of(manager).get(f"/companies/{young.company.public_id}").content.decode()
    assert f"since {formats.month(month_back(today, 14))}" in profile


def test_names_of_the_market_are_in_the_readers_language(
    client_of: Callable[[Actor], Client], make_member: Callable[..., Actor]
) -> None:
    reader = make_member(language="fr", name="Hélène Petit")
    one = partner(reader, "Kerlan")
    sold(reader, one, timezone.localdate().replace(day=1), 100)
    with as_role(reader):
        ProductFamily.objects.update(names={"fr": "Commutation"})
        Product.objects.update(names={"fr": "Commutateur"})
        brittany = Territory.objects.create(code="FR-BRE", name="Brittany", names={"fr": "Bretagne"})
        Territory.objects.create(code="FR-56", name="Morbihan", parent=brittany)
        PartnerTerritory.objects.create(partner=one, territory=brittany)
    client = client_of(reader)
    for path, shown, hidden in (
        ("/partners", "Bretagne", "Brittany"), ("/sales", "Commutateur", "Switch<"), ("/sales", "Commutation", "Switching"),
        ("/catalogue/territories", "Bretagne", "Brittany"), ("/catalogue/products", "Commutation", "Switching"),
        ("/catalogue/territories?q=bretag", "Bretagne", "Morbihan</a>"),
        (f"/companies/{one.company.public_id}", "Commutation", "Switching"),
    ):  # fmt: skip
        page = client.get(path).content.decode()
        assert shown in page, path
        assert hidden not in page, path


@pytest.mark.parametrize("sort", ["name", "-sales", "sales", "-since", "last"])
def test_the_list_of_partners_turns_pages_in_every_order(
    client_of: Callable[[Actor], Client], manager: Actor, sort: str
) -> None:
    for n in range(53):
        one = partner(manager, f"Partner {n:02}")
        if n % 3:
            sold(manager, one, timezone.localdate().replace(day=1), n)
    page = client_of(manager)
    first = page.get(f"/partners?sort={sort}").context["listing"]
    second = page.get(f"/partners{first.next_url}").context["listing"]
    names = [row["row"].company.name for shown in (first, second) for row in shown.rows]
    assert len(names) == len(set(names)) == 53
    back = page.get(f"/partners{second.previous_url}").context["listing"]
    assert [row["id"] for row in back.rows] == [row["id"] for row in first.rows]


def test_the_lists_ask_as_many_questions_for_twelve_rows_as_for_two(
    client_of: Callable[[Actor], Client], manager: Actor
) -> None:
    page, counts = client_of(manager), {}
    for target in (2, 12):
        while True:
            with as_role(manager):
                have = Partner.objects.count()
            if have >= target:
                break
            sold(manager, partner(manager, f"Partner {have}"), timezone.localdate(), 10)
        with as_role(manager):
            some = "&".join(f"partner={row.public_id}" for row in Partner.objects.all()[:target])
        for address in ("/partners", "/partners?q=Partner&lifecycle=active&sort=-sales", "/sales", "/sales?" + some):
            page.get(address)
            with CaptureQueriesContext(connection) as queries:
                page.get(address)
            counts.setdefault(address.replace(some, "partner=…"), []).append(len(queries))
    assert {address: first == second for address, (first, second) in counts.items()} == dict.fromkeys(counts, True)
    assert {address: found[0] for address, found in counts.items()} == {
        "/partners": 18, "/partners?q=Partner&lifecycle=active&sort=-sales": 18, "/sales": 16, "/sales?partner=…": 17,
    }  # fmt: skip


def test_an_account_manager_is_given_to_many_by_a_director(
    client_of: Callable[[Actor], Client], manager: Actor, director: Actor
) -> None:
    partners = [partner(manager, name) for name in ("Kerlan", "Armor")]
    form = {"id": [p.public_id for p in partners], "query": ""}
    assert client_of(manager).post("/partners/assign", form).status_code == 403
    page = client_of(director)
    asked = page.post("/partners/assign", form).content.decode()
    assert "2 partners" in asked
    assert "Armor, Kerlan" in asked, "who it is about is named before it is done"
    assert manager.name in asked
    page.post("/partners/assign", {**form, "sure": "1", "person": str(manager.person_id)})
    with as_role(manager):
        assert set(Partner.objects.values_list("account_manager_id", flat=True)) == {manager.person_id}
        assert OutboxEvent.objects.filter(type="partners.partner_edited").count() == 2
        with pytest.raises(Denied):
            partners_assign(actor=manager, partner_ids=[partners[0].pk], person_id=None)
    mine = page.get(f"/partners?manager={manager.person_id}").context["listing"]
    nobody = page.get("/partners?manager=none").context["listing"]
    assert (len(mine.rows), len(nobody.rows)) == (2, 0)


def test_many_are_moved_on_and_those_that_may_not_stay(client_of: Callable[[Actor], Client], manager: Actor) -> None:
    active, candidate = partner(manager, "Kerlan"), partner(manager, "Armor", "candidate")
    page = client_of(manager)
    form = {"all": "1", "query": "", "sure": "1", "to": "exiting"}
    refused = page.post("/partners/move", form)
    assert (refused.status_code, "Say why" in refused.content.decode()) == (422, True)
    done = page.post("/partners/move", {**form, "reason": "Sells only Nordwall"}, follow=True).content.decode()
    assert "1 may not go there from where it is." in done
    with as_role(manager):
        stages = dict(Partner.objects.values_list("pk", "lifecycle"))
        assert (stages[active.pk], stages[candidate.pk]) == ("exiting", "candidate")
        assert partners_advance(actor=manager, partner_ids=[candidate.pk], to="engaged")[:2] == (1, 0)


def test_order_lines_are_found_and_added_up(client_of: Callable[[Actor], Client], manager: Actor) -> None:
    kerlan, armor = partner(manager, "Kerlan"), partner(manager, "Armor")
    sold(manager, kerlan, date(2026, 1, 5), 100, number="A-1")
    sold(manager, kerlan, date(2026, 2, 5), -30, number="A-2")
    sold(manager, armor, date(2026, 2, 6), 7, number="B-1", rate=False)
    page = client_of(manager)
    for query, numbers in (
        ("", ["B-1", "A-2", "A-1"]), (f"partner={kerlan.public_id}", ["A-2", "A-1"]), ("partner=arm", ["B-1"]), ("q=A-", ["A-2", "A-1"]),
        ("sold_from=2026-02-01", ["B-1", "A-2"]), ("family=switching&sold_to=2026-01-31", ["A-1"]), ("product=sw&q=B", ["B-1"]),
    ):  # fmt: skip
        assert [row["row"].order_number for row in page.get(f"/sales?{query}").context["listing"].rows] == numbers, query
    with as_role(manager):
        total = sales_total(actor=manager, rows=sales_shown(actor=manager))
    assert (total.lines, total.amount, total.without_rate) == (3, Decimal(70), 1)
    text = page.get("/sales").content.decode()
    assert "€70" in text
    assert "1 line has no rate" in text


@pytest.mark.parametrize("name", ["partners", "sales"])
def test_what_is_shown_is_exported(client_of: Callable[[Actor], Client], manager: Actor, name: str) -> None:
    kerlan = partner(manager, "Kerlan")
    sold(manager, kerlan, date(2026, 1, 5), 100)
    sold(manager, partner(manager, "Armor", "exited"), date(2025, 1, 5), 100)
    page = client_of(manager)
    query = "lifecycle=active" if name == "partners" else f"partner={kerlan.public_id}"
    menu = page.get(f"/{name}?{query}").context["listing"].exports
    for _words, links in menu:
        address = dict(links)["CSV"]
        answer = page.get(address)
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert "Kerlan" in text
        assert "Armor" not in text


def test_one_and_many_relationships_begin_the_same_way(manager: Actor) -> None:
    with as_role(manager):
        companies = [Company.objects.create(name=name) for name in ("Kerlan", "Armor", "Brezan")]
        partner_create(actor=manager, company_id=companies[0].pk, reason="Best of the study")
        made = candidates_create(actor=manager, company_ids=[c.pk for c in companies], reason="Best of the study")
        assert ([c.name for c in made.new], made.partners) == (["Armor", "Brezan"], 1)
        said: list[Any] = list(PartnerMove.objects.values_list("from_lifecycle", "to_lifecycle", "reason", "person_id"))
        assert said == [("", "candidate", "Best of the study", manager.person_id)] * 3
        assert OutboxEvent.objects.filter(type="partners.partner_created").count() == 3
        with pytest.raises(Conflict):
            partner_create(actor=manager, company_id=companies[0].pk)
