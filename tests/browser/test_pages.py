"""Every page, as different people meet it: no complaint of the browser, no accessibility fault, nothing wider than the screen.

Themes, widths and languages take turns over the pages; ``make test-full`` runs the full cross.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.ui.axe import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = [
    "/", "/companies", "/companies?typology=msp&sort=-employees", "/companies?q=zzzz", "/companies/new", "/imports", "/imports/new",
    "/studies", "/studies/new", "/studies/look-alike/new", "/studies/ranking/new", "/target-lists", "/jobs", "/settings/api-keys",
    "/developers/api", "/no-such-page",
]  # fmt: skip
LOOKS = list(itertools.product([1280, 375], ["light", "dark"], ["claire", "theo"]))
TURNS = [(page, *LOOKS[n % len(LOOKS)]) for n, page in enumerate(PAGES)]
CROSS = [(page, *look) for page in PAGES for look in LOOKS if (page, *look) not in TURNS]


def _is_sound(person: Callable[..., Page], path: str, width: int, theme: str, name: str) -> None:
    page = person(name, width=width, theme=theme, language="fr" if name == "theo" else "en")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == ("fr" if name == "theo" else "en")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe_violations(page) == []


@pytest.mark.parametrize(("path", "width", "theme", "name"), TURNS)
def test_a_page_is_sound(person: Callable[..., Page], path: str, width: int, theme: str, name: str) -> None:
    _is_sound(person, path, width, theme, name)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "width", "theme", "name"), CROSS)
def test_a_page_is_sound_in_every_look(person: Callable[..., Page], path: str, width: int, theme: str, name: str) -> None:
    _is_sound(person, path, width, theme, name)
