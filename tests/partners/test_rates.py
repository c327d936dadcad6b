"""Exchange rates: without one an amount is in no sum and no order; said, everything in that currency follows (P1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.core.errors import Denied, Invalid
from prm.events.models import OutboxEvent
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline
from prm.partners.forms.fields import currency_choices, language_name
from prm.partners.forms.rates import foreign_currencies
from prm.partners.models import Company, ExchangeRate, Partner, Product, Sale
from prm.partners.selectors.rates import unreckoned
from prm.partners.services.companies import company_create
from prm.partners.services.facts import Learnt
from prm.partners.services.rates import rate_remove, rate_say
from prm.partners.services.sales import sale_create
from prm.partners.tables.rates import rate_words
from tests.together import at_once

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def page(client_of: Callable[[Actor], Client], director: Actor) -> Client:
    return client_of(director)


@pytest.fixture
def company(director: Actor) -> Company:
    with as_role(director):
        return company_create(
            actor=director,
            values={"name": "US Deal", "country": "US", "revenue": Decimal(1_000_000), "revenue_currency": "USD"},
        )


def reckon() -> None:
    """What the workers do after the commit."""
    with as_system("a test"):
        jobs = list(Job.objects.filter(kind="partners.amounts").order_by("id"))
    for job in jobs:
        assert run_inline(job).error == ""


def reporting(company: Company) -> tuple[Decimal | None, date | None]:
    with as_system("a test"):
        return Company.objects.values_list("revenue_reporting", "rate_day").get(pk=company.pk)


def say(actor: Actor, rate: str, day: date = DAY, currency: str = "USD") -> ExchangeRate:
    with as_role(actor):
        return rate_say(actor=actor, currency=currency, day=day, rate=Decimal(rate))[0]


def test_currencies_and_languages_keep_the_capitals_of_their_names() -> None:
    names = dict(foreign_currencies())
    assert names["USD"] == "US Dollar (USD)"
    assert "CFA" in names["XOF"]
    assert names["SEK"].startswith("Swedish")
    assert dict(currency_choices())["USD"] == names["USD"]
    with override("fr"):
        assert dict(foreign_currencies())["CHF"] == "Franc suisse (CHF)"
        assert language_name("fr") == "Français"


def test_an_amount_without_a_rate_is_told_and_follows_once_one_is_said(
    page: Client, director: Actor, company: Company
) -> None:
    assert reporting(company) == (None, None)
    lacking = page.get("/rates").content.decode()
    assert "revenue of 1 company" in lacking
    form = {"currency": "USD", "day": "2026-03-01", "rate": "0.92", "source": "ECB"}
    assert page.post("/rates/new", form).status_code == 302
    reckon()
    assert reporting(company) == (Decimal("920000.0000"), timezone.localdate())
    shown = page.get("/rates").content.decode()
    assert "In no sum" not in shown
    assert "1 USD = 0.920 EUR" in shown
    assert "US Deal" in page.get("/companies?revenue.min=900000").content.decode()


def test_order_lines_take_the_rate_of_the_day_on_which_they_were_sold(director: Actor, company: Company) -> None:
    with as_role(director):
        partner = Partner.objects.create(company=company)
        product = Product.objects.create(code="edge", name="Edge")
        for n, day in enumerate((DAY - timedelta(days=1), DAY, DAY + timedelta(days=30)), start=1):
            sale_create(
                actor=director, partner_id=partner.pk, product_id=product.pk, sold_on=day, quantity=Decimal(1),
                amount=Decimal(100), currency="USD", order_number="O1", order_line=n,
            )  # fmt: skip
    say(director, "0.9")
    later = say(director, "0.8", DAY + timedelta(days=10))
    reckon()

    def amounts() -> list[Decimal | None]:
        with as_role(director):
            return list(Sale.objects.order_by("order_line").values_list("amount_reporting", flat=True))

    assert amounts() == [None, Decimal("90.0000"), Decimal("80.0000")]
    with as_role(director):
        rate_remove(actor=director, rate_id=later.pk)
    reckon()
    assert amounts() == [None, Decimal("90.0000"), Decimal("90.0000")]
    with as_role(director):
        assert [(one.currency, one.companies, one.sales) for one in unreckoned(actor=director)] == [("USD", 0, 1)]


def test_what_no_column_holds_at_a_mistyped_rate_is_unknown_until_the_rate_is_mended(
    director: Actor, company: Company
) -> None:
    with as_role(director):
        say(director, "9000000000")
    reckon()
    assert reporting(company) == (None, None)  # 9·10¹⁵
    with as_role(director):
        other = company_create(
            actor=director, values={"name": "Late", "country": "US", "revenue": Decimal(10) ** 14, "revenue_currency": "USD"}
        )
    assert reporting(other) == (None, None)
    with as_role(director):
        say(director, "0.9")
    reckon()
    assert reporting(company)[0] == Decimal(900_000)
    assert reporting(other)[0] == Decimal(9) * 10**13


def test_a_revenue_takes_the_rate_of_the_day_on_which_it_was_learnt_also_after_a_rate_went(director: Actor) -> None:
    with as_role(director):
        learnt = company_create(
            actor=director, learnt=Learnt("", DAY + timedelta(days=1)),
            values={"name": "Old", "country": "US", "revenue": Decimal(100), "revenue_currency": "USD"},
        )  # fmt: skip
    first = say(director, "0.5")
    say(director, "0.9", DAY + timedelta(days=60))
    reckon()
    assert reporting(learnt) == (Decimal("50.0000"), DAY + timedelta(days=1))
    with as_role(director):
        rate_remove(actor=director, rate_id=first.pk)
    reckon()
    assert reporting(learnt) == (None, None)
    say(director, "0.6")
    reckon()
    assert reporting(learnt) == (Decimal("60.0000"), DAY + timedelta(days=1))


def test_a_rate_is_said_once_a_day_and_told_in_its_history(page: Client, director: Actor) -> None:
    first, again = say(director, "0.9"), say(director, "0.91")
    say(director, "0.91")
    assert first.pk == again.pk
    with as_role(director):
        assert list(ExchangeRate.objects.values_list("rate", flat=True)) == [Decimal("0.9100000000")]
        assert OutboxEvent.objects.filter(type="partners.exchange_rate_said").count() == 2
    told = page.get(f"/history/{first.public_id}").content.decode()
    assert "said that 1 USD is 0.91 EUR from 2026-03-01 on" in told
    assert page.post(f"/rates/{first.public_id}/remove").status_code == 302
    with as_role(director):
        assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize(("changes", "field"), [
    ({"currency": "EUR"}, "currency"), ({"currency": "XXX"}, "currency"), ({"day": date(2199, 1, 1)}, "day"),
    ({"rate": Decimal(0)}, "rate"), ({"rate": Decimal("-1")}, "rate"), ({"rate": Decimal("12345678901.5")}, "rate"),
])  # fmt: skip
def test_what_is_no_rate_is_refused_at_its_field(director: Actor, changes: dict[str, Any], field: str) -> None:
    with as_role(director), pytest.raises(Invalid) as refusal:
        rate_say(actor=director, **{"currency": "USD", "day": DAY, "rate": Decimal("0.9"), **changes})
    assert [fault.field for fault in refusal.value.faults] == [field]


def test_everything_wrong_in_the_form_is_told_at_once(page: Client) -> None:
    told = page.post("/rates/new", {"currency": "USD", "day": "2199-01-01", "rate": "much"})
    words = told.content.decode()
    assert (told.status_code, "This day is still to come." in words, "This is no number" in words) == (422, True, True)


def test_a_manager_reads_rates_and_says_none(client_of: Callable[[Actor], Client], manager: Actor, director: Actor) -> None:
    rate = say(director, "0.9")
    client = client_of(manager)
    assert "1 USD = 0.900 EUR" in client.get("/rates").content.decode()
    assert client.post("/rates/new", {"currency": "USD", "day": "2026-03-01", "rate": "1"}).status_code == 403
    assert client.post(f"/rates/{rate.public_id}/remove").status_code == 403
    with as_role(manager), pytest.raises(Denied):
        rate_say(actor=manager, currency="USD", day=DAY, rate=Decimal(1))


def test_programs_say_rates_again_without_harm(
    client_of: Callable[[Actor], Client], director: Actor, company: Company
) -> None:
    client = client_of(director)
    said = {"currency": "USD", "day": "2026-03-01", "rate": "0.92", "source": "ECB"}
    answers = [client.post("/api/v1/exchange-rates", said, content_type="application/json") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    found = client.get("/api/v1/exchange-rates?currency=USD").json()["data"]
    assert [(one["rate"], one["into"]) for one in found] == [("0.9200000000", "EUR")]
    reckon()
    assert reporting(company)[0] == Decimal("920000.0000")
    assert client.delete(f"/api/v1/exchange-rates/{found[0]['id']}").status_code == 204
    reckon()
    assert reporting(company) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_several_who_say_the_rate_of_a_new_day_at_once_say_it_one_after_the_other(director: Actor) -> None:
    def say() -> bool:
        with as_role(director):
            return rate_say(actor=director, currency="USD", day=DAY, rate=Decimal("0.92"))[1]

    assert sorted(at_once(say), key=str) == [False, False, False, True]
    with as_system("a test"):
        assert ExchangeRate.objects.count() == 1


@pytest.mark.parametrize(("rate", "told"), [("1.07", "1.070"), ("1.0584", "1.058"), ("0.0061", "0.006100")])
def test_rates_have_as_many_decimals_in_every_line(rate: str, told: str) -> None:
    words = rate_words(ExchangeRate(from_currency="CHF", to_currency="EUR", rate=Decimal(rate)))
    assert words == f"1 CHF = {told} EUR"
