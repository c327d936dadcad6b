"""Who talks to whom, and how a life went, put in order for the company's page: plain data, no reading and no markup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.partners.models import Department, Liaison, Lifecycle, PartnerMove, Position
from prm.partners.selectors.record import Term
from prm.ui import formats


@dataclass(frozen=True, slots=True)
class TalkLine:
    """Somebody of theirs with who of ours speaks to them, somebody nobody speaks to, or (no ``name``) a department we know nobody of."""

    department: str
    label: str
    name: str = ""
    about: str = ""
    ours: str = ""
    when: str = ""
    position: Any = None

    @property
    def is_gap(self) -> bool:
        """Whether nobody of ours speaks to anybody here."""
        return not self.ours


@dataclass(frozen=True, slots=True)
class Talks:
    """The lines, and in how many of the departments somebody of ours speaks to somebody."""

    lines: list[TalkLine]
    covered: int
    departments: int
    more: int


def talks_of(
    positions: Sequence[Position], liaisons: Sequence[Liaison], *, me: UUID | None, today: date, gaps: bool, most: int = 7
) -> Talks:
    """Who talks to whom, one line for each of their people, those spoken to last first; then the gaps.

    ``gaps``: also the departments of which nobody is known. At most ``most`` lines of people; what is left is counted.
    """
    by_person: dict[UUID, list[Liaison]] = defaultdict(list)
    for liaison in liaisons:
        by_person[liaison.theirs_id].append(liaison)
    spoken, silent = [], []
    for position in positions:
        department = position.department or ""
        label = str(Department(department).label) if department else ""
        about = position.person.title or label
        known = by_person.get(position.person_id, [])
        if known:
            ours = _("you") if known[0].ours_id == me else known[0].ours.name
            when = spoken_words(known[0].spoken_on, today)
            spoken.append(
                (known[0].spoken_on or date.min, TalkLine(department, label, position.name, about, ours, when, position))
            )
        else:
            silent.append(TalkLine(department, label, position.name, about, position=position))
    lines = [line for _day, line in sorted(spoken, key=lambda pair: pair[0], reverse=True)] + silent
    covered = {liaison.department for liaison in liaisons}
    empty = [d for d in Department if d not in covered and all(p.department != d for p in positions)] if gaps else []
    shown = lines[:most] + [TalkLine(str(d), str(d.label)) for d in empty]
    return Talks(shown, len(covered), len(Department), max(0, len(lines) - most))


def spoken_words(day: date | None, today: date) -> str:
    """How long ago two people spoke, as short as a rail wants it: ``today``, ``12 d``, then the month."""
    if day is None:
        return ""
    days = (today - day).days
    if days <= 0:
        return _("today")
    return _("%(n)s d") % {"n": formats.number(days)} if days < 60 else formats.month(day)


@dataclass(frozen=True, slots=True)
class LifeLine:
    """One stage of a life: its name, from when to when, how long in words, why and by whom; ``share`` of the longest stage."""

    stage: str
    began_at: datetime
    ended_at: datetime | None
    lasted: str
    share: float
    reason: str
    who: str
    back: bool = False


def life_lines(moves: Sequence[PartnerMove], *, now: datetime) -> list[LifeLine]:
    """The stages of a life, the present one first. ``moves`` are oldest first."""
    ends: list[datetime | None] = [*(move.created_at for move in moves[1:]), None][: len(moves)]
    spans = [((end or now) - move.created_at).days for move, end in zip(moves, ends, strict=True)]
    longest = max(spans, default=0) or 1
    stages = list(Lifecycle)
    lines = [
        LifeLine(
            str(Lifecycle(move.to_lifecycle).label), move.created_at, end, days_words(days), max(days, 0) / longest, move.reason,
            move.person.name if move.person else "",
            bool(move.from_lifecycle) and stages.index(Lifecycle(move.to_lifecycle)) < stages.index(Lifecycle(move.from_lifecycle)),
        )
        for move, end, days in zip(moves, ends, spans, strict=True)
    ]  # fmt: skip
    return lines[::-1]


@dataclass(frozen=True, slots=True)
class TermLine:
    """Who looked after the partner, from when to when, how long in words."""

    name: str
    began_at: datetime | None
    ended_at: datetime | None
    lasted: str


def term_lines(terms: Sequence[Term], *, now: datetime) -> list[TermLine]:
    """Account managers as the page tells them."""
    return [
        TermLine(t.name, t.began_at, t.ended_at, days_words(((t.ended_at or now) - t.began_at).days) if t.began_at else "")
        for t in terms
    ]


def days_words(days: int) -> str:
    """``12 days``, ``5 months``, ``4.2 years``: how long something lasted, as people say it."""
    if days < 60:
        return ngettext("%(n)s day", "%(n)s days", max(days, 0)) % {"n": formats.number(max(days, 0))}
    if days < 730:
        return _("%(n)s months") % {"n": formats.number(round(days / 30.44))}
    return _("%(n)s years") % {"n": formats.number(days / 365.25, 1)}
