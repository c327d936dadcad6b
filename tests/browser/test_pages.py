"""Every page, as different people meet it: no complaint of the browser, no accessibility fault, nothing wider than the screen.

Themes, widths and languages take turns over the pages; ``make test-full`` runs the full cross.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.axe import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = [
    "/", "/companies", "/companies?typology=msp&sort=-employees", "/companies?q=zzzz", "/companies/new", "/imports", "/imports/new",
    "/studies", "/studies/new", "/studies/look-alike/new", "/studies/ranking/new", "/target-lists", "/jobs", "/settings/api-keys",
    "/developers/api", "/developers/problems", "/no-such-page", "/partners", "/sales", "/exports", "/catalogue/products",
]  # fmt: skip
#: Pages of one record: the list where it stands, words of its name, and what follows its address (or its page's).
RECORDS = [
    *(("/companies?q=kerlan", "Kerlan", part) for part in (
        "", "/edit", "/history", "/facts/employees", "/details/sites", "/details/customers", "/details/vendors", "/details/offers",
        "/details/market-shares", "/details/external-ids",
    )),
    ("/studies?q=three+best", "three best", "/look-alike"), ("/studies?q=three+best", "three best", "/compare"),
    ("/studies?q=recruter", "recruter", "/ranking"), ("/studies?q=recruter", "recruter", "/ranking?view=map"),
    ("/target-lists", "West", ""), ("/imports", "Roadshow", ""), ("/imports", "Sudelec", ""), ("/imports", "Cyber", ""), ("/jobs", "", ""),
]  # fmt: skip
LOOKS = list(itertools.product([1280, 375], ["light", "dark"], ["claire", "theo"]))
TURNS = [(page, *LOOKS[n % len(LOOKS)]) for n, page in enumerate(PAGES)]
CROSS = [(page, *look) for page in PAGES for look in LOOKS if (page, *look) not in TURNS]
RECORD_TURNS = [(*record, *LOOKS[(3 * n + 1) % len(LOOKS)]) for n, record in enumerate(RECORDS)]
RECORD_CROSS = [(*record, *look) for record in RECORDS for look in LOOKS if (*record, *look) not in RECORD_TURNS]


def _seen_by(person: Callable[..., Page], width: int, theme: str, name: str) -> Page:
    return person(name, width=width, theme=theme, language="fr" if name == "theo" else "en")


def _record(page: Page, listed: str, words: str, part: str) -> None:
    """Opens the first record of a list whose name holds ``words``, as its link leads there."""
    page.goto(listed)
    address = page.locator("tbody a.nm", has_text=words).first.get_attribute("href")
    page.goto(f"{address}{part}")


def _is_sound(page: Page, width: int, name: str) -> None:
    page.wait_for_load_state("networkidle")
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == ("fr" if name == "theo" else "en")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe_violations(page) == []


@pytest.mark.parametrize(("path", "width", "theme", "name"), TURNS)
def test_a_page_is_sound(person: Callable[..., Page], path: str, width: int, theme: str, name: str) -> None:
    page = _seen_by(person, width, theme, name)
    page.goto(path)
    _is_sound(page, width, name)


@pytest.mark.parametrize(("listed", "words", "part", "width", "theme", "name"), RECORD_TURNS)
def test_a_record_is_sound(
    person: Callable[..., Page], listed: str, words: str, part: str, width: int, theme: str, name: str
) -> None:
    page = _seen_by(person, width, theme, name)
    _record(page, listed, words, part)
    _is_sound(page, width, name)


@pytest.mark.parametrize("act", ["Make candidates", "To another list", "Remove from the list"])
def test_what_an_act_on_a_target_list_would_do_is_sound(person: Callable[..., Page], act: str) -> None:
    page = _seen_by(person, 1280, "dark", "claire")
    _record(page, "/target-lists", "West", "")
    page.locator("tbody .tick input").first.check()
    page.locator(".bulk").get_by_role("button", name=act).click()
    page.wait_for_url(lambda url: not url.endswith("/target-lists"))
    _is_sound(page, 1280, "claire")


@pytest.mark.parametrize("width", [1280, 1000, 375])
def test_whoever_is_chosen_in_a_ranking_has_the_drawing_of_what_drives_it(person: Callable[..., Page], width: int) -> None:
    page = _seen_by(person, width, "light", "claire")
    _record(page, "/studies?q=recruter", "recruter", "/ranking")
    chosen = page.locator("td.who a").nth(2)
    name = chosen.inner_text()
    chosen.click()
    expect(page.locator("#why h2").first).to_have_text(name)
    expect(page.locator("#why [data-chart=waterfall] svg")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize(("path", "width", "theme", "name"), CROSS)
def test_a_page_is_sound_in_every_look(person: Callable[..., Page], path: str, width: int, theme: str, name: str) -> None:
    page = _seen_by(person, width, theme, name)
    page.goto(path)
    _is_sound(page, width, name)


@pytest.mark.slow
@pytest.mark.parametrize(("listed", "words", "part", "width", "theme", "name"), RECORD_CROSS)
def test_a_record_is_sound_in_every_look(
    person: Callable[..., Page], listed: str, words: str, part: str, width: int, theme: str, name: str
) -> None:
    page = _seen_by(person, width, theme, name)
    _record(page, listed, words, part)
    _is_sound(page, width, name)
