"""The decisions of the partner model: moves of the lifecycle, whom to believe, what is stale. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
#: From where to where a relationship may move. A trial may be skipped; whoever has not exited may begin to exit.
ALLOWED_MOVES: Mapping[str, tuple[str, ...]] = {
    "candidate": ("engaged", "contracted", "exited"),
    "engaged": ("contracted", "exiting", "exited"),
    "contracted": ("onboarding", "active", "exiting"),
    "onboarding": ("active", "exiting"),
    "active": ("extended", "exiting"),
    "extended": ("active", "exiting"),
    "exiting": ("active", "exited"),
    "exited": ("candidate",),
}
#: Where a relationship may begin: as a candidate, or selling already.
BIRTHS = ("candidate", "active")
#: Moves that must be explained.
EXPLAINED = frozenset({"exiting", "exited"})
#: The order of a life, for drawing it as a line.
LIFE = ("candidate", "engaged", "contracted", "onboarding", "active", "extended", "exiting", "exited")


#: As what a partner's people come in at each place in life; a partner that has left keeps its data and finds the door closed.
DOORS: Mapping[str, str] = {"candidate": "candidate", "exited": "closed"}


def door_of(lifecycle: str) -> str:
    """``candidate``, ``partner`` or ``closed``.

    >>> door_of("candidate"), door_of("engaged"), door_of("exited")
    ('candidate', 'partner', 'closed')
    """
    return DOORS.get(lifecycle, "partner")


def may_move(before: str, after: str) -> bool:
    """Whether ``partner_advance`` accepts this step.

    >>> may_move("candidate", "active"), may_move("active", "extended")
    (False, True)
    """
    return after in ALLOWED_MOVES.get(before, ())


def needs_reason(before: str, after: str) -> bool:
    """Leaving, coming back and stepping back are explained."""
    return after in EXPLAINED or before in EXPLAINED or LIFE.index(after) < LIFE.index(before)


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


_PLAIN_SITE = re.compile(r"https?://(?:www\.)?+((?=[a-z0-9.-]{1,200}/?\Z)(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63})/?\Z")


def domain_of(website: str | None) -> str:
    """The domain behind an address on the web, without ``www``; "" when it is none.

    >>> domain_of("https://www.Kerlan.example:443/fr?x=1"), domain_of("kerlan"), domain_of(None)
    ('kerlan.example', '', '')
    """
    text = (website or "").strip().lower()
    if plain_site := _PLAIN_SITE.match(text):  # as imports have made nearly all of them
        return plain_site[1]
    scheme = _SCHEME.match(text)
    if scheme and scheme[0] not in {"http://", "https://"}:
        return ""  # javascript://kerlan.example is a program to whoever makes a link of it
    text = text[scheme.end() :] if scheme else text
    for mark in "/?#":
        text = text.partition(mark)[0]
    text = text.rpartition("@")[2].partition(":")[0].removeprefix("www.").strip(".")
    plain = "." in text and " " not in text and all(part and len(part) <= 63 for part in text.split("."))
    return text if plain and len(text) <= 200 else ""
