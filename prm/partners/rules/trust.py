"""Whom to believe of a fact, and how long: sources against one another, and ages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: How far each kind of source is trusted unless the table of precedence says otherwise: lower is better.
DEFAULT_PRECEDENCE: Mapping[str, int] = {
    "manual": 10,
    "partner": 20,
    "questionnaire": 30,
    "registry": 40,
    "import": 50,
    "api": 50,
    "computed": 60,
}


#: How far a source is trusted of whose kind nothing is said, or that nobody noted: less than any other.
LEAST = 100


def rank_of(ranks: Mapping[str, int], kind: str) -> int:
    """How far a kind of source is trusted, lower is better; "" is a source that nobody noted.

    >>> rank_of(DEFAULT_PRECEDENCE, "manual"), rank_of(DEFAULT_PRECEDENCE, "")
    (10, 100)
    """
    return ranks.get(kind, LEAST)


class Verdict(StrEnum):
    """What becomes of a value that somebody brings."""

    TAKEN = "taken"  # nothing was known, or it is the same value of a later day
    REPLACES = "replaces"  # it is newer and at least as trusted
    CORRECTS = "corrects"  # a person overrules another source
    PROPOSED = "proposed"  # a more trusted value stands
    UNCHANGED = "unchanged"


def verdict(
    *,
    old_known: bool,
    same: bool,
    old_rank: int,
    new_rank: int,
    old_as_of: date | None,
    new_as_of: date | None,
    by_hand: bool,
) -> Verdict:
    """Whether a new value of a fact becomes the current one. Ranks: lower is more trusted. Of equals the later day wins.

    A manual correction always stands; a value without a day is taken to be of today.
    """
    if not old_known:
        return Verdict.TAKEN
    if same:
        if by_hand:
            return Verdict.UNCHANGED  # a saved form is no confirmation of every field on it
        newer = new_as_of is not None and (old_as_of is None or new_as_of > old_as_of)
        return Verdict.TAKEN if newer and new_rank <= old_rank else Verdict.UNCHANGED
    if by_hand:
        return Verdict.CORRECTS
    if new_rank > old_rank:
        return Verdict.PROPOSED
    if new_rank == old_rank and old_as_of is not None and new_as_of is not None and new_as_of < old_as_of:
        return Verdict.PROPOSED
    return Verdict.REPLACES


@dataclass(frozen=True)
class Told:
    """A value that somebody once gave: the rank of the source (lower is more trusted), the day it was true of, its place in time."""

    rank: int
    as_of: date | None
    place: int


def next_best(told: Sequence[Told]) -> Told | None:
    """What holds once a value is taken back: the most trusted of the others, of equals the later day, then the later told.

    >>> next_best([Told(50, date(2025, 1, 1), 0), Told(50, date(2026, 1, 1), 1), Told(60, None, 2)])
    Told(rank=50, as_of=datetime.date(2026, 1, 1), place=1)
    """
    return min(told, key=lambda t: (t.rank, -(t.as_of or date.min).toordinal(), -t.place), default=None)


class Freshness(StrEnum):
    """How old a fact is for its kind."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    UNKNOWN = "unknown"


#: Days after which a fact is ageing, and stale. What moves within a year ages sooner than an address.
AGES: Mapping[str, tuple[int, int]] = {
    "employees": (270, 540),
    "sales_people": (180, 365),
    "engineers": (180, 365),
    "customers": (270, 540),
    "revenue": (400, 760),
    "growth": (400, 760),
}
DEFAULT_AGES = (540, 1080)


def freshness(field: str, as_of: date | None, today: date) -> Freshness:
    """Whether a fact of that day is still to be relied on.

    >>> freshness("employees", date(2026, 1, 1), date(2026, 2, 1))
    <Freshness.FRESH: 'fresh'>
    """
    if as_of is None:
        return Freshness.UNKNOWN
    ageing, stale = AGES.get(field, DEFAULT_AGES)
    age = (today - as_of).days
    return Freshness.STALE if age >= stale else Freshness.AGEING if age >= ageing else Freshness.FRESH
