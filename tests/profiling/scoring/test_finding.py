"""What a look-alike found, in one line that a person can act on."""

from __future__ import annotations

from decimal import Decimal

from profiling.scoring.finding import finding_words
from profiling.scoring.rules import finding_of


def best(*rows: tuple[int, int | None]) -> list[tuple[Decimal, Decimal | None]]:
    return [(Decimal(score), None if p50 is None else Decimal(p50)) for score, p50 in rows]


def test_those_who_are_alike_and_worth_it_are_counted() -> None:
    found = finding_of(best((82, 400_000), (71, 300_000), (64, 90_000)))
    assert finding_words(found) == "2 are alike and worth more than €300\u00a0k"


def test_where_nobody_is_very_alike_the_title_says_what_the_nearest_are_worth() -> None:
    found = finding_of(best((58, 250_000), (55, 803_000), (51, None)))
    assert finding_words(found) == "The 3 nearest are worth up to €803\u00a0k"


def test_a_run_that_kept_no_largest_potential_still_has_a_title() -> None:
    assert finding_words({"rows": 60, "worth": 250_000, "count": 0}) == "The 60 nearest are worth up to €250\u00a0k"
