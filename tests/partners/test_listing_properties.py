"""Whatever is asked of the list of companies, in whichever of its ways it is found: the rows and order of plain SQL, each row once."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core import long_tables
from prm.core.text import text_key
from prm.partners.models import Company, OfferCarried, OfferCategory, Partner, Vendor, VendorCarried
from prm.partners.selectors.companies import ORDERS, company_list, company_rows

pytestmark = pytest.mark.django_db
SORTS = [sign + name for name in ORDERS for sign in ("", "-")]
NAMES = [
    "Côte Réseaux",
    "Cœur Systèmes",
    "L’Atelier Net",
    "Ærø Data",
    "Αθήνα Δίκτυα",
    "東京 Systems",
    "100% Cloud_IT",
    "O'Neil \\ Sons",
]
FILTERS: list[dict[str, Any]] = [
    {"country": ("FR",)}, {"country": ("DE", "FR")}, {"region": ("bretagne",)}, {"typology": ("var",)}, {"typology": ("nonsense",)},
    {"employees": (Decimal(2), Decimal(6))}, {"employees": (None, Decimal(3))}, {"revenue": (Decimal(9000), None)},
    {"growth": (Decimal(20), Decimal(55))}, {"known": (Decimal(30), None)}, {"vendor": ("orvane",)}, {"vendor": ("orvane", "nordwall")},
    {"offer": ("cloud",)}, {"partner": True}, {"partner": False}, {"lifecycle": ("active",)}, {"lifecycle": ("none", "candidate")},
    {"archived": True}, {"territory": ("nowhere",)},
]  # fmt: skip
WORDS = ["", "", "", "c", "co", "res sys", "αθ", "東京", "nothing"]


def company(number: int, chance: random.Random) -> Company:
    """One with facts that are often unknown and often equal."""
    money = chance.choice([None, 0, 9000, 9000, 12000])
    name = f"{NAMES[number % len(NAMES)]} {number % 7}"
    return Company(
        name=name, name_key=text_key(name), country=chance.choice([None, "FR", "FR", "DE"]),
        region=(region := chance.choice([None, "Bretagne"])), region_key=text_key(region),
        employees=chance.choice([None, None, 0, 2, 3, 3, 6]),
        typology=chance.choice([None, "var", "msp"]), growth=chance.choice([None, Decimal("0.2"), Decimal("0.2"), Decimal("-0.1")]),
        revenue=money, revenue_reporting=money, revenue_currency=None if money is None else "EUR",
        archived_at=timezone.now() if chance.random() < 0.1 else None,
        updated_at=timezone.now() - timedelta(microseconds=chance.randrange(3)),
    )  # fmt: skip


@pytest.fixture
def acting(manager: Actor) -> Any:
    with as_role(manager):
        yield manager


@pytest.fixture
def universe(acting: Actor) -> list[Company]:
    chance = random.Random(5)
    made = Company.objects.bulk_create([company(number, chance) for number in range(70)])
    vendors = [
        Vendor.objects.create(code=code, name=code, relation=r) for code, r in (("orvane", "ours"), ("nordwall", "competing"))
    ]
    cloud = OfferCategory.objects.create(code="cloud", name="Cloud")
    VendorCarried.objects.bulk_create(
        VendorCarried(company=each, vendor=vendor) for each in made for vendor in vendors if chance.random() < 0.3
    )
    OfferCarried.objects.bulk_create(OfferCarried(company=each, category=cloud) for each in made if chance.random() < 0.3)
    Partner.objects.bulk_create(
        Partner(company=each, lifecycle=chance.choice(["active", "candidate"])) for each in made if chance.random() < 0.3
    )
    return made


def question(chance: random.Random) -> dict[str, Any]:
    filters = {key: value for each in chance.sample(FILTERS, chance.randrange(3)) for key, value in each.items()}
    return {
        "q": chance.choice(WORDS),
        "filters": filters,
        "sort": chance.choice(SORTS),
        "limit": chance.choice([1, 3, 7, 50]),
    }


def plainly(actor: Actor, asked: dict[str, Any]) -> list[Any]:
    """The keys as one statement without limits gives them."""
    down, column = asked["sort"].startswith("-"), F(ORDERS[asked["sort"].removeprefix("-")])
    order = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
    rows = company_rows(actor=actor, q=asked["q"], filters=asked["filters"])
    return list(rows.order_by(order, "-id" if down else "id").values_list("id", flat=True))


@pytest.mark.parametrize("seed", range(4))
def test_pages_hold_what_plain_sql_holds_forwards_and_backwards(
    acting: Actor, universe: list[Company], way: str, seed: int
) -> None:
    chance = random.Random(f"{way}{seed}")
    for _question in range(9):
        asked = question(chance)
        counted = chance.random() < 0.5
        pages, cursor = [], ""
        while not pages or cursor:
            page = company_list(actor=acting, cursor=cursor, count=counted, **asked)
            pages.append([row.pk for row in page.rows])
            cursor = page.next
        wanted = plainly(acting, asked)
        assert [key for keys in pages for key in keys] == wanted, asked
        total = (min(len(wanted), long_tables.COUNT_CAP), len(wanted) > long_tables.COUNT_CAP) if counted else (None, False)
        assert (page.total, page.capped) == total, asked
        back = []
        while page.previous:
            page = company_list(actor=acting, cursor=page.previous, **asked)
            back.append([row.pk for row in page.rows])
        assert back == pages[-2::-1], asked


@pytest.mark.parametrize("sort", ["name", "-employees", "revenue", "-updated"])
def test_rows_that_come_change_and_go_meanwhile_move_no_other(
    acting: Actor, universe: list[Company], way: str, sort: str
) -> None:
    chance = random.Random(f"{way}{sort}")
    before = plainly(acting, {"sort": sort, "q": "", "filters": {}})
    touched: set[Any] = set()
    seen: list[Any] = []
    cursor = "first"
    while cursor:
        page = company_list(actor=acting, sort=sort, cursor="" if cursor == "first" else cursor, limit=7)
        seen += [row.pk for row in page.rows]
        cursor = page.next
        Company.objects.bulk_create([company(chance.randrange(70), chance)])
        changed, gone = chance.sample(universe, 2)
        Company.objects.filter(pk=changed.pk).update(
            name_key=chance.choice(["a", "m", "z"]), employees=chance.choice([None, 1, 5]), revenue_reporting=chance.choice([None, 1]),
            updated_at=timezone.now(),
        )  # fmt: skip
        Company.objects.filter(pk=gone.pk).update(archived_at=timezone.now())
        touched |= {changed.pk, gone.pk}
    left = [key for key in before if key not in touched]
    assert [key for key in seen if key in set(left)] == left
    assert len(seen) < 150  # it ended


@pytest.mark.parametrize("q", [
    "cœur", "coeur", "CŒUR", "l'atelier", "l’atelier", "latelier", "ærø", "aero", "αθηνα", "ΑΘΉΝΑ", "東", "東京", "100%", "cloud_it",
    "o'neil \\", "%", "_", "\\", "'", "''; --", "🙂", "é" * 199, "a b c d e f g h i j k l m n o p q r s t u v w x y z", "\u202e", "½", "ﬁ",
])  # fmt: skip
def test_any_text_may_be_searched_for(acting: Actor, universe: list[Company], way: str, q: str) -> None:
    living = [each for each in universe if each.archived_at is None]
    words = text_key(q).split()[:10] if len(text_key(q).split()) <= 10 else ["nothing like it"]
    wanted = {
        each.pk for each in living if words and all(any(w.startswith(word) for w in each.name_key.split()) for word in words)
    }
    found = company_list(actor=acting, q=q, limit=100)
    assert {row.pk for row in found.rows} == wanted


@pytest.mark.parametrize("query", [
    "q=%25", "q=%5C", "q=%00", "q=%F0%9F%99%82", f"q={'x' * 5000}", "q=" + "+".join("abcdefghijklmnopqrstuvwxyz"), "cursor=made-up",
    "cursor=%C3%A9", f"cursor={'a' * 4000}", "sort=shoe_size", "typology=nonsense", "employees_min=abc", "employees_min=9e99",
    "country=%27", "known_min=-5", "vendor=%00", "updated_min=2026-99-99", "col=nonsense",
])  # fmt: skip
def test_the_page_answers_whatever_its_address_says(manager: Actor, client_of: Any, query: str) -> None:
    with as_role(manager):
        Company.objects.bulk_create([company(number, random.Random(1)) for number in range(3)])
    client: Client = client_of(manager)
    # What nobody can type is refused as such; everything else has an answer.
    assert client.get(f"/companies?{query}").status_code == (400 if "%00" in query else 200)
