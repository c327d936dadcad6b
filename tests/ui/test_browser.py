"""The gallery in a real browser: no complaint of the console, axe clean in both themes and widths, hands on the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import expect

from prm.access.actors import Actor
from tests.ui.axe import axe_violations
from tests.ui.test_assets import BUILD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not BUILD.exists(), reason="npm run build makes static/build; make test runs it"),
]
Browse = Callable[..., Any]


@pytest.fixture(autouse=True)
def _gallery() -> Any:
    with override_settings(PRM_GALLERY=True):
        yield


CROSS = [("components", 1280, "light"), ("components", 375, "dark"), ("list", 1280, "dark"), ("list", 320, "light")]
CROSS += [("study", 1280, "light"), ("charts", 375, "dark"), ("charts", 1280, "light")]


def test_gallery_is_accessible_and_silent_in_both_themes_and_widths(browse: Browse, manager: Actor) -> None:
    for page_name, width, theme in CROSS:
        page = browse(manager, f"/ui/gallery?page={page_name}", width=width, theme=theme)
        if page_name in {"charts", "study"}:
            page.wait_for_selector("[data-drawn] svg", state="attached")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page_name, width)
        assert axe_violations(page) == [], (page_name, width, theme)
        assert page.complaints == [], (page_name, width, theme)
        page.context.close()


def test_pages_before_sign_in_are_accessible(browse: Browse) -> None:
    for path, width, theme, language in (
        ("/accounts/login/", 1280, "light", "en"),
        ("/accounts/login/", 320, "dark", "fr"),
        ("/accounts/password/reset/", 375, "light", "fr"),
        ("/offline", 1280, "dark", "en"),
    ):
        page = browse(None, path, width=width, theme=theme, language=language)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert axe_violations(page) == []
        assert page.complaints == []


def test_selection_counts_and_select_all_is_told(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/ui/gallery?page=list")
    boxes = page.locator(".tick input[name=id]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert page.locator("[data-count]").inner_text() == "4 selected"
    assert page.evaluate("document.querySelector('[data-select-page]').indeterminate")
    page.click("[data-select-all]")
    assert page.locator("[data-count]").inner_text() == "312 selected"
    assert page.input_value("[data-bulk] input[name=all]") == "1"
    boxes.nth(0).click()
    assert page.input_value("[data-bulk] input[name=all]") == ""
    page.click("[data-unselect]")
    assert page.locator(".bulk").is_hidden()


def test_a_list_is_walked_ticked_and_left_with_the_keyboard_alone(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/ui/gallery?page=list")
    names = page.locator(".listing tbody a.nm")
    page.keyboard.press("j")
    expect(names.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(names.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(names.nth(0)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("1 selected")
    page.keyboard.press("Escape")
    expect(page.locator(".tick input[name=id]:checked")).to_have_count(0)
    assert page.complaints == []


def test_a_kept_draft_says_when_in_the_persons_language_and_the_vendors_zone(
    browse: Browse, make_member: Callable[..., Actor]
) -> None:
    for language, written in (("en", r"Kept {h}:{m}, not sent yet"), ("fr", "Conservé à {h}\u00a0h\u00a0{m}")):
        page = browse(
            make_member(language=language, name={"en": "Anna Lind", "fr": "Hélène Petit"}[language]),
            "/companies/new",
            language=language,
        )
        page.locator("#company-form input[name=name]").press_sequentially("Kerlan")
        note = page.locator("[data-kept]")
        expect(note).not_to_be_empty()
        now = timezone.localtime()
        ways = [written.format(h=f"{t:%H}", m=f"{t:%M}") for t in (now, now - timedelta(minutes=1))]
        assert any(way in note.inner_text() for way in ways), (note.inner_text(), ways)


def test_on_paper_a_list_keeps_its_columns_and_loses_what_one_clicks(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/ui/gallery?page=list")
    page.set_viewport_size({"width": 704, "height": 1000})
    page.emulate_media(media="print")
    expect(page.locator(".listing thead th").nth(1)).to_be_visible()
    for gone in (".side", ".pager .steps", ".bar .tools"):
        expect(page.locator(gone).first).to_be_hidden()
    assert page.locator(".listing .dock").evaluate("e => getComputedStyle(e).position") == "static"


def test_search_and_filter_change_the_list_and_the_address_without_a_new_page(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/ui/gallery?page=list")
    page.evaluate("window.same = true")
    page.fill("#listing-q", "nantes")
    expect(page.locator(".tbl tbody tr")).to_have_count(2)
    assert page.evaluate("document.activeElement.id") == "listing-q"
    assert "q=nantes" in page.url
    page.click(".add > summary")
    page.click(".add-filter summary:has-text('Typology')")
    page.check(".add-filter input[value=Integrator]")
    page.click(".add-filter details[open] button")
    expect(page.locator(".tbl tbody tr")).to_have_count(1)
    assert "typology=Integrator" in page.url
    assert page.evaluate("window.same") is True
    page.go_back()
    expect(page.locator(".tbl tbody tr")).to_have_count(2)
    assert page.locator(".side").is_visible()


def test_palette_opens_finds_pages_and_closes_with_the_keyboard_alone(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/ui/gallery?page=list")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.closest('dialog').id") == "palette"
    page.wait_for_selector(".palette .hit, .palette .none")
    page.keyboard.press("Escape")
    assert page.locator("#palette").is_hidden()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "listing-q"
    page.keyboard.type("?")
    assert page.locator("#keys").is_hidden()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert page.complaints == []


def test_theme_changes_at_once_and_charts_follow(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/ui/gallery?page=charts")
    page.wait_for_selector("[data-drawn] svg", state="attached")
    colours = "[...new Set([...document.querySelectorAll('[data-chart] svg path')].map(p => p.getAttribute('fill')))].join()"
    light = page.evaluate(colours)
    page.click(".me > summary")
    page.click("button[name=theme][value=dark]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.wait_for_timeout(300)
    assert page.evaluate(colours) != light
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.complaints == []


def test_sidebar_is_a_drawer_on_the_phone(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/ui/gallery?page=list", width=375)
    assert page.locator(".side").is_hidden()
    page.click("button[data-nav-toggle]")
    assert page.locator(".side").is_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".side")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('[data-nav-toggle]')")


def test_list_can_be_read_and_filtered_without_javascript(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/ui/gallery?page=list", javascript=False)
    assert page.locator(".tbl tbody tr").count() == 18
    page.fill("#listing-q", "nantes")
    page.press("#listing-q", "Enter")
    expect(page.locator(".tbl tbody tr")).to_have_count(2)  # a page of its own, which has to come first
    page.check(".tick input[name=id] >> nth=0")
    assert page.locator(".bulk").is_visible()


def test_nothing_moves_while_the_page_loads(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/ui/gallery?page=study")
    shift = page.evaluate(
        """() => new Promise(done => {
             let sum = 0;
             const add = list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value; };
             new PerformanceObserver(add).observe({type: 'layout-shift', buffered: true});
             setTimeout(() => done(sum), 300);
           })"""
    )
    assert shift <= 0.05


#: What is drawn of one chart: the boxes of its names, of its dots, and of itself.
_DRAWN = """key => {
  const svg = document.querySelector(`#${key} svg, [data-key=${key}] svg`) ?? [...document.querySelectorAll('[data-drawn] svg')].at(-1);
  const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
  const isDot = r => r.width > 3 && r.width < 20 && Math.abs(r.width - r.height) < 2;
  const dots = [...svg.querySelectorAll('path')].filter(p => isDot(p.getBoundingClientRect()));
  return { frame: box(svg), names: [...svg.querySelectorAll('text')].filter(t => t.textContent.trim()).map(box), dots: dots.map(box) };
}"""


@pytest.mark.parametrize("width", [1280, 375])
def test_names_on_a_map_cover_no_dot_and_stay_within(browse: Browse, manager: Actor, width: int) -> None:
    page = browse(manager, "/ui/gallery?page=charts", width=width)
    page.wait_for_selector("[data-drawn] svg", state="attached")
    page.wait_for_timeout(300)
    drawn = page.evaluate(_DRAWN, "places")
    left, top, right, bottom = drawn["frame"]
    assert len(drawn["names"]) >= 2
    assert len(drawn["dots"]) >= 9
    for name in drawn["names"]:
        assert left <= name[0]
        assert name[2] <= right
        assert top <= name[1]
        assert name[3] <= bottom
        covered = [
            dot for dot in drawn["dots"] if name[0] < dot[2] and dot[0] < name[2] and name[1] < dot[3] and dot[1] < name[3]
        ]
        assert covered == []


def test_everything_that_is_wrong_is_told_at_once_in_the_readers_language(browse: Browse, make_member) -> None:
    page = browse(make_member(language="fr"), "/companies/new")
    page.evaluate("document.querySelectorAll('details.more').forEach((part) => { part.open = true; })")
    for name, wrong in (("founded_year", "99999"), ("employees", "beaucoup"), ("growth", "-200"), ("as_of", "2199-01-01")):
        page.fill(f"#id_{name}", wrong)
    page.click("#company-form .form-acts button")
    page.wait_for_selector("[data-errors]")
    told = page.inner_text("[data-errors]")
    assert told.count("\n") == 5, told
    assert "Fill this in" not in told
    assert "Remplissez" in told, told
    assert page.evaluate("document.activeElement.matches('[data-errors]')")
    assert [page.input_value(f"#id_{name}") for name in ("founded_year", "employees", "growth")] == [
        "99999",
        "beaucoup",
        "-200",
    ]


def test_what_waits_is_reviewed_in_a_row_to_its_end(browse: Browse, manager: Actor) -> None:
    page = browse(manager, "/companies")
    walk = ["/imports#first", "/imports#second", "/jobs?state=failed", "/partners"]
    page.evaluate("list => sessionStorage.setItem('prm:review', JSON.stringify(list))", walk)
    page.goto(page.url.replace("/companies", walk[0]))
    for at, address in enumerate(walk, start=1):
        page.wait_for_url(f"**{address}")
        expect(page.locator(".reviewbar")).to_have_count(1)
        expect(page.locator(".reviewbar .grow")).to_contain_text(f"{at} of 4")
        if at < len(walk):
            page.click(".reviewbar a[rel=next]")
    expect(page.locator(".reviewbar a[rel=next]")).to_have_count(0)
    page.click(".reviewbar button")
    page.wait_for_url("**/")
    assert page.evaluate("sessionStorage.getItem('prm:review')") is None
    assert page.complaints == []
