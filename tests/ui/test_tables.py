"""List pages: what the URL says, what the page shows, what links keep."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from prm.access.actors import anonymous_actor
from prm.ui.filters import ChoiceFilter, DateFilter, FlagFilter, RangeFilter, TextFilter
from prm.ui.listings import BulkAct, Listing, render_list
from prm.ui.tables import Column, ListSpec, Page

SPEC = ListSpec(
    name="things",
    sort="-size",
    search="Name",
    columns=(
        Column(key="name", label="Name", cell=lambda r: r.name, sort="name", locked=True, phone="name"),
        Column(key="size", label="Size", cell=lambda r: r.size, sort="size", numeric=True, phone="figure"),
        Column(key="note", label="Note", cell=lambda r: None, shown=False),
    ),
    filters=(
        ChoiceFilter(key="country", label="Country", choices=[("FR", "France"), ("BE", "Belgium"), ("CH", "Switzerland")]),
        RangeFilter(key="size", label="Size", unit="%"),
        DateFilter(key="seen", label="Seen"),
        FlagFilter(key="partner", label="Partner"),
        TextFilter(key="city", label="City"),
    ),
)
ROWS = [SimpleNamespace(name="A & B", size=12), SimpleNamespace(name="C", size=None)]


def request_for(query: str, **headers: str):
    request = RequestFactory().get(f"/things?{query}", headers=headers)
    request.actor = anonymous_actor()
    return request


def listing_for(query: str, **options: object) -> Listing:
    page = Page(rows=ROWS, total=312, next="n3xt", **{k: v for k, v in options.items() if k in {"capped", "start"}})  # type: ignore[arg-type]
    return Listing(spec=SPEC, state=SPEC.state(request_for(query)), page=page, noun="Things")


def test_url_is_read_into_values() -> None:
    state = SPEC.state(
        request_for("q=ker&country=FR&country=BE&size_min=1 200,5&seen_from=2026-05-01&partner=no&sort=name&city=Brest")
    )
    assert state.values == {
        "country": ("FR", "BE"),
        "size": (Decimal("1200.5"), None),
        "seen": (date(2026, 5, 1), None),
        "partner": False,
        "city": "Brest",
    }
    assert (state.q, state.sort, state.descending, state.ordering) == ("ker", "name", False, "name")


@pytest.mark.parametrize(
    "query",
    [
        "country=XX",
        "size_min=abc",
        "size_min=NaN",
        "size_max=1e400",
        "seen_from=2026-13-45",
        "partner=perhaps",
        "sort=password",
    ],
)
def test_nonsense_in_the_url_is_left_out(query: str) -> None:
    state = SPEC.state(request_for(query))
    assert state.values == {}
    assert state.ordering == "-size"


def test_chips_say_what_is_set_and_their_cross_removes_only_that() -> None:
    listing = listing_for("country=FR&country=BE&country=CH&size_max=40&sort=name&cursor=abc")
    assert [(chip.filter.key, chip.words) for chip in listing.chips] == [("country", "France +2"), ("size", "≤ 40\u202f%")]
    assert listing.chips[0].without == "?size_max=40&sort=name"
    assert [chip.filter.key for chip in listing.free_filters] == ["seen", "partner", "city"]


def test_sorting_is_a_link_that_turns_round_and_forgets_the_page() -> None:
    heads = {head["column"].key: head for head in listing_for("sort=-size&cursor=abc&country=FR").heads}
    assert heads["size"]["sorted"] == "descending"
    assert heads["size"]["url"] == "?country=FR&sort=size"
    assert heads["name"]["url"] == "?country=FR&sort=name"


def test_columns_come_in_the_order_asked_and_locked_ones_stay() -> None:
    assert [c.key for c in SPEC.state(request_for("col=note&col=size&col=ghost")).columns] == ["name", "note", "size"]
    assert [c.key for c in SPEC.state(request_for("")).columns] == ["name", "size"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "<b>1–2</b> of 312"),
        ({"capped": True, "start": 51}, "<b>51–52</b> of 312+"),
        ({"start": None}, "<b>2</b> of 312"),
    ],
)
def test_pager_says_where_we_are(options: dict[str, object], expected: str) -> None:
    assert listing_for("", **options).span == expected


def test_empty_cells_are_unknown_and_text_is_escaped() -> None:
    answer = render_list(request_for("", **{"HX-Request": "true", "HX-Target": "listing"}), listing_for(""))
    html = answer.content.decode()
    assert "A &amp; B" in html
    assert "Not known" in html


def test_htmx_gets_the_fragment_and_others_the_page() -> None:
    fragment = render_list(
        request_for("", **{"HX-Request": "true", "HX-Target": "listing"}), listing_for("")
    ).content.decode()
    assert fragment.lstrip().startswith('<div class="listing"')
    page = render_list(
        request_for("", **{"HX-Request": "true", "HX-Target": "listing", "HX-History-Restore-Request": "true"}),
        listing_for(""),
    )
    assert page.render().content.lstrip().lower().startswith(b"<!doctype html>")
    assert "HX-Target" in page.headers["Vary"]


def test_selection_needs_acts_and_ids() -> None:
    listing = listing_for("")
    assert not listing.selectable
    listing = Listing(
        spec=SPEC,
        state=listing.state,
        page=listing.page,
        noun="Things",
        bulk=[BulkAct(label="Merge", url="/merge")],
        row_id=lambda r: r.name,
    )
    html = render_list(request_for("", **{"HX-Request": "true", "HX-Target": "listing"}), listing).content.decode()
    assert html.count('name="id"') == 2
    assert 'formaction="/merge"' in html


def test_an_export_goes_out_with_what_the_url_asks_for_and_one_question_mark() -> None:
    listing = listing_for("q=ker&country=FR&sort=-size&col=name&cursor=x")
    listing.export, listing.export_of = "companies", "targets_1"
    (_shown, links), (_all, every) = listing.exports
    assert [name for name, _url in links] == ["CSV", "XLSX"]
    assert links[0][1] == "/exports/of/companies?q=ker&country=FR&sort=-size&col=name&format=csv&of=targets_1"
    assert every[1][1].endswith("&format=xlsx&columns=all&of=targets_1")
