"""A list that finds nothing says what to leave out; an address that a list does not understand is told and not passed over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import ngettext

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.partners.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(manager: Actor, client_of: Callable[[Actor], Client]) -> Client:
    with as_system("a test"):
        Company.objects.create(
            name="Kerlan", country="FR", employees=40, website="https://www.kerlan.example", domain="kerlan.example"
        )
        Company.objects.create(name="Armor", country="FR", employees=900)
        Company.objects.create(name="Nordisk", country="SE", employees=50)
    return client_of(manager)


def test_none_found_says_which_filter_hides_most_and_offers_to_drop_it(page: Client) -> None:
    shown = page.get("/companies", {"country": "FR", "employees_min": "1000", "q": "ker"}).content.decode()
    assert "Without “Employees ≥ 1,000” there are 1." in shown
    ways = shown[shown.index('<div class="acts">', shown.index("None found")) :]
    assert ways.index("Remove “Employees”") < ways.index("Remove “Country”")
    assert "Search everything for “ker”" in shown
    assert 'href="?q=ker"' in shown
    assert "Import a file" in shown


def test_lists_of_every_kind_give_the_same_advice(page: Client) -> None:
    shown = page.get("/partners", {"q": "zzz"}).content.decode()
    assert "Nothing matches “zzz”." in shown
    assert "Show everything" in shown


def test_a_misspelt_filter_is_told_with_the_one_that_was_meant(page: Client) -> None:
    shown = page.get("/companies", {"cuontry": "FR"}).content.decode()
    assert "“cuontry” is no filter of this list and was left out." in shown
    assert 'href="?country=FR">Did you mean “country”?' in shown
    assert "says nothing to the filter" not in shown


def test_a_value_that_a_filter_does_not_know_is_told(page: Client) -> None:
    shown = page.get("/companies", {"country": "Nowhere"}).content.decode()
    assert "“Nowhere” says nothing to the filter “Country”: it was left out." in shown
    assert (
        "was left out"
        not in page.get("/companies", {"country": "FR", "sort": "-employees", "q": "ker", "col": "company"}).content.decode()
    )


def test_one_found_is_told_in_the_singular(page: Client) -> None:
    found = page.get("/companies", {"q": "ker", "sort": "name"}).content.decode()
    assert "1 found, 1 shown." in found
    with translation.override("fr"):
        assert ngettext("%(count)s found, %(shown)s shown.", "%(count)s found, %(shown)s shown.", 1) % {
            "count": "1", "shown": "1"
        } == "1 résultat, 1 affiché."  # fmt: skip


def test_a_figure_says_what_it_is_where_heads_are_not_shown(page: Client) -> None:
    shown = page.get("/companies", {"sort": "name"}).content.decode()
    assert '<span class="only-narrow xs mute">Employees</span> 40' in shown


@pytest.mark.parametrize(
    "asked", ["kerlan.example", "https://www.kerlan.example/", "www.kerlan.example/contact", "ANNE@kerlan.example"]
)
def test_a_company_is_found_by_its_website(page: Client, asked: str) -> None:
    shown = page.get("/companies", {"q": asked}).content.decode()
    assert "Kerlan" in shown
    assert "Nordisk" not in shown


@pytest.mark.parametrize(("asked", "leads"), [
    ("/companies/?q=ker", "/companies?q=ker"),
    ("/imports/", "/imports"),
    ("/accounts/login", "/accounts/login/"),
])  # fmt: skip
def test_a_slash_too_many_or_too_few_leads_on(page: Client, asked: str, leads: str) -> None:
    answer = page.get(asked)
    assert (answer.status_code in {301, 302}, answer.headers.get("Location")) == (True, leads)
    assert page.post("/companies/", {}).status_code == 404
    assert page.get("/no/such/page/").status_code == 404
