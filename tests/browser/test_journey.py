"""From a company file to an explained target list, as a person does it (issue: sign in → import → fix → score → explain →
compare → export), in a real browser on the running demo.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ROWS = [
    ["Company name", "Country", "City", "Employees", "Annual revenue", "Website"],
    *[[f"Essai Réseaux {n}", "France", "Nantes", str(20 + n), f"{n + 1},5 M€", f"essai-{n}.example"] for n in range(40)],
    ["Essai Fautif", "France", "Nantes", "beaucoup", "2,0 M€", "essai-fautif.example"],
]


@pytest.fixture
def company_file(tmp_path: Path) -> Path:
    """A file as a French spreadsheet writes it: Windows encoding, semicolons, decimal commas, one wrong cell."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(ROWS)
    path = tmp_path / "essai-ouest.csv"
    path.write_bytes(text.getvalue().encode("cp1252"))
    return path


def test_from_a_file_to_an_explained_target_list(person: Callable[..., Page], company_file: Path) -> None:
    page = person("claire")
    _import_with_one_fault_corrected(page, company_file)
    _find_the_imported_company(page)
    _score_explain_and_compare(page)
    _keep_the_best_and_export(page)


def test_a_look_alike_is_asked_by_typing_the_names_of_its_references(person: Callable[..., Page]) -> None:
    page = person("claire")
    page.goto("/studies/look-alike/new")
    offered = page.locator("#suggested li")
    expect(offered).to_have_count(8)
    for typed, name in (("kerl", "Kerlan Systèmes"), ("breiz", "Breizh Réseaux")):
        page.locator("#find").press_sequentially(typed)
        page.locator("#suggested").get_by_role("button", name=name).click()
        expect(page.locator("#chosen")).to_contain_text(name)
        expect(page.locator("#find")).to_be_focused()
        expect(page.locator("#find")).to_have_value("")
    page.locator("#find").press("Enter")  # looks for nothing, and takes nobody away
    expect(page.locator("#chosen li")).to_have_count(2)
    page.get_by_role("button", name="Find who is alike").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who looks like Kerlan Systèmes and 1 more")
    expect(page.locator("#rows tbody tr").first).to_be_visible(timeout=60_000)


def _import_with_one_fault_corrected(page: Page, company_file: Path) -> None:
    page.goto("/imports/new")
    page.locator("input[type=file]").set_input_files(company_file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("6 of 6 columns recognised")
    expect(page.get_by_text("Essai Réseaux 0").first).to_be_visible()
    page.get_by_role("button", name="Check the file").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("40 rows can come in, 1 has a fault", timeout=60_000)
    page.get_by_label("Instead of beaucoup").fill("35")
    page.get_by_role("button", name="Replace").click()
    expect(heading).to_contain_text("41 rows can come in, none has a fault", timeout=60_000)
    page.get_by_role("button", name="Import 41 rows").click()
    expect(heading).to_contain_text("41 rows came in", timeout=60_000)


def _find_the_imported_company(page: Page) -> None:
    page.goto("/companies?q=essai+reseaux+7")
    page.get_by_role("link", name="Essai Réseaux 7").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Essai Réseaux 7")
    expect(page.locator("main")).to_contain_text(re.compile("8[.,]5"))


def _score_explain_and_compare(page: Page) -> None:
    page.goto("/companies?q=kerlan")
    page.get_by_role("link", name="Kerlan Systèmes").click()
    page.get_by_role("button", name="Find more like this").click()
    rows = page.locator("#rows tbody tr")
    expect(rows.first).to_be_visible(timeout=90_000)
    third = rows.nth(2).get_by_role("link").first
    why = page.locator("#why")
    third.click()
    expect(why.get_by_role("heading", level=2)).to_have_text(third.inner_text())  # another's may stand there before
    _contributions_add_up(why.inner_text(), why.locator(".parts > li > .fig").all_inner_texts())
    looked_at = why.get_by_role("heading", level=2).inner_text()
    rows.nth(4).get_by_role("link").first.click()
    expect(why.get_by_role("heading", level=2)).not_to_have_text(looked_at)
    page.go_back()
    expect(why.get_by_role("heading", level=2)).to_have_text(looked_at)
    first = page.locator("input[type=range]").first
    first.fill("80")
    expect(page.locator("#held-out")).to_contain_text("Not run yet.")
    page.wait_for_timeout(600)  # what is typed is kept a moment later
    page.reload()
    expect(first).to_have_value("80")
    expect(page.locator("#held-out")).to_contain_text("Not run yet.")
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Run 2,").first).to_be_visible(timeout=90_000)
    page.get_by_role("link", name="Compare runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Run 2 beside run 1")
    expect(page.locator("#changes ~ table")).to_contain_text("80")
    page.go_back()


def _contributions_add_up(words: str, listed: list[str]) -> None:
    """The tenths listed add up to the score above them, to the tenth."""
    score = float(re.findall(r"(\d+\.\d)\s*of 100 alike", words.replace("\n", " "))[0])
    parts = [float(figures.split()[0]) for figures in listed]  # behind it stands the most that the group could give
    assert round(sum(parts), 1) == score, (parts, score)


def _keep_the_best_and_export(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_label("Export").or_(page.locator("summary", has_text="Export")).first.click()
        page.get_by_role("link", name="As text (CSV)").click()
    exported = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert len(exported.splitlines()) > 100
    page.locator(".acts").get_by_role("button", name="Add to target list").click()
    page.locator("#new-list").fill("West, look-alikes")
    page.locator("#to-list").get_by_role("button", name="Add to target list").click()
    page.wait_for_url("**/target-lists/target_list_*")
    page.goto("/target-lists")
    page.get_by_role("link", name="West, look-alikes").click()
    expect(page.locator("tbody tr")).to_have_count(25)
