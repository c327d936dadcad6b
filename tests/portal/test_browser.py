"""The portal in a real browser: everybody can use it, on a narrow phone, in both languages and themes, and while the line is down."""

from __future__ import annotations

from typing import Any

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.partners.models import FactProposal
from tests.ui.axe import axe_violations

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "/portal/", "/portal/company", "/portal/company/edit", "/portal/people", "/portal/people/new", "/portal/more", "/portal/help",
    "/portal/brand", "/portal/api-keys", "/portal/developers/api", "/developers/problems",
]  # fmt: skip

#: The worker stands between the page and the line.
IN_CHARGE = """navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller
  || new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done))).then(() => true)"""


@pytest.fixture
def yann(partners_side: Any) -> Actor:
    return partners_side.member(partners_side.kerlan)


@pytest.mark.parametrize(("width", "theme", "language"), [(320, "light", "fr"), (375, "dark", "fr"), (1280, "light", "en")])
def test_every_page_is_accessible_and_never_wider_than_the_screen(width, theme, language, yann, browse) -> None:
    page = browse(yann, "/portal/", width=width, theme=theme, language=language)
    for path in PAGES:
        page.goto(page.url.split("/portal/")[0] + path)
        page.wait_for_load_state("networkidle")
        assert axe_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        small = page.evaluate(
            """() => [...document.querySelectorAll('.portal :is(.btn, .ptab a, .rb, summary)')]
                 .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"""
        )
        assert width > 600 or small == [], path
    assert page.complaints == []


def test_what_was_typed_survives_a_lost_line_and_is_sent_when_it_is_back(yann, browse) -> None:
    page = browse(yann, "/portal/company/edit", width=375)
    page.evaluate(IN_CHARGE)
    page.fill("#id_employees", "52")
    page.fill("#id_city", "Brest")
    page.wait_for_selector("[data-kept]:not(:empty)")
    page.context.set_offline(True)

    page.click("button:has-text('Send the changes')")  # the browser knows: nothing is sent, all stays
    page.wait_for_selector(".toast-b:has-text('offline')")
    assert page.locator(".toast-b", has_text="offline").count() == 1  # said once, though the browser and the form both say it
    assert page.input_value("#id_employees") == "52"

    page.goto(page.url)  # and elsewhere the page of its own answers, which is nobody's
    page.wait_for_selector("h1:has-text('You are offline')")
    assert "Kerlan" not in page.content()

    page.context.set_offline(False)
    page.click("button:has-text('Try now')")
    page.wait_for_selector("#id_employees")
    assert (page.input_value("#id_employees"), page.input_value("#id_city")) == ("52", "Brest")
    page.click("button:has-text('Send the changes')")
    page.wait_for_url("**/portal/company")
    with as_role(yann):
        assert set(FactProposal.objects.values_list("field", flat=True)) == {"employees", "city"}
    page.goto(page.url + "/edit")
    assert page.evaluate("Object.keys(sessionStorage).filter(n => n.includes('draft:')).length") == 0


def test_a_form_that_was_lost_on_its_way_is_there_again(yann, browse) -> None:
    page = browse(yann, "/portal/company/edit", width=375)
    page.evaluate(IN_CHARGE)
    page.fill("#id_city", "Landerneau")
    # The browser believes that it is online; the line breaks while the form is on its way.
    page.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => true})")
    page.context.set_offline(True)
    page.click("button:has-text('Send the changes')")
    page.wait_for_selector("h1:has-text('You are offline')")
    page.context.set_offline(False)
    page.click("button:has-text('Try now')")
    page.wait_for_selector("#id_city")
    assert page.input_value("#id_city") == "Landerneau"


def test_the_worker_keeps_no_page_of_anybody(yann, browse) -> None:
    page = browse(yann, "/portal/", width=375)
    page.evaluate(IN_CHARGE)
    for path in PAGES[:4]:
        page.goto(page.url.split("/portal/")[0] + path)
    kept = page.evaluate(
        """async () => { const found = []; for (const name of await caches.keys())
             for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname); return found; }"""
    )
    assert "/portal/offline" in kept
    assert [path for path in kept if path != "/portal/offline" and not path.startswith("/static/")] == []


def test_who_comes_back_to_a_form_is_told_that_it_is_not_empty_and_may_start_afresh(yann, browse) -> None:
    page = browse(yann, "/portal/company/edit", width=375)
    page.fill("input[name=city]", "Quimper")
    page.wait_for_selector("[data-kept]:not(:empty)")
    page.reload()
    page.locator(".toast-b", has_text="What you typed before is back.").wait_for()
    assert page.input_value("input[name=city]") == "Quimper"
    page.click(".toast-b .undo")
    page.wait_for_function("document.querySelector('input[name=city]').value !== 'Quimper'")
    assert page.locator(".toast-b").count() == 0
