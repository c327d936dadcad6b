"""What of an address a view keeps, and which view is the one that is shown."""

from __future__ import annotations

import pytest

from prm.views.rules import query_kept, view_shown


def test_a_view_keeps_search_filters_order_and_columns_but_no_place_in_the_list() -> None:
    asked = "?q=ker&country=FR&country=BE&employees_min=&sort=-employees&col=company&col=growth&cursor=abc&keep=1"
    assert query_kept(asked) == "q=ker&country=FR&country=BE&sort=-employees&col=company&col=growth"


@pytest.mark.parametrize("query", ["q=%00", "&".join(f"a{n}=1" for n in range(101))])
def test_what_no_list_asks_is_not_kept(query: str) -> None:
    with pytest.raises(ValueError, match=r"NUL|fields"):
        query_kept(query)


@pytest.mark.parametrize(("query", "which"), [
    ("", "all"),
    ("cursor=abc", "all"),
    ("sort=-name", "all"),
    ("sort=-employees", "the largest"),
    ("partner=no&country=FR", "france"),
    ("country=FR&partner=no&sort=name", "france"),
    ("country=FR&partner=no&sort=-employees", "france, the largest"),
    ("partner=yes", "our own partners"),
    ("partner=yes&sort=name", "partners"),
    ("colour=red", "old"),
    ("country=FR&country=BE", None),
    ("country=FR&partner=no&q=ker", None),
    ("q=%00", None),
])  # fmt: skip
def test_the_view_shown_is_the_same_in_everything_or_else_the_first_of_the_same_filters(
    query: str, which: str | None
) -> None:
    usual = {"all": "", "partners": "partner=yes"}
    kept = {
        "the largest": "sort=-employees", "france": "country=FR&partner=no",
        "france, the largest": "sort=-employees&partner=no&country=FR", "our own partners": "partner=yes", "old": "colour=red",
    }  # fmt: skip
    at = view_shown(query, usual=list(usual.values()), kept=list(kept.values()))
    assert (None if at is None else [*usual, *kept][at]) == which
