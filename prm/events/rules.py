"""Pure rules of delivery: how long to wait, when to give up, and what may go out now without overtaking anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 300, 1_800, 7_200, 21_600))
MOST_ATTEMPTS = len(PAUSES) + 1
ALONE_AFTER = 2


def pause_after(attempts: int) -> timedelta:
    """The wait after so many attempts that failed: 2 s, 10 s, 1 min, 5 min, 30 min, 2 h, 6 h, and then always 6 h."""
    return PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]


def is_hopeless(attempts: int, most: int = MOST_ATTEMPTS) -> bool:
    """Whether a delivery that was tried so often becomes a dead letter."""
    return attempts >= most


@dataclass(frozen=True)
class Waiting:
    """An undelivered event of one subscriber, as ordering sees it. ``lane`` is what order holds within."""

    id: UUID
    lane: UUID | None
    position: int
    attempts: int
    due_at: datetime


@dataclass(frozen=True)
class Choice:
    """What goes out now, in order; and what waits for an earlier one that is itself put off, until when."""

    now: list[UUID]
    later: dict[UUID, datetime]


def choose(candidates: Sequence[Waiting], heads: Iterable[Waiting], *, now: datetime, most: int) -> Choice:
    """Which of ``candidates`` (in order of position, all in hand) may go out, at most ``most``.

    ``heads`` is the first of what else waits in each of their lanes: with another worker, or put off. A candidate behind it stays. What
    was tried ``ALONE_AFTER`` times goes alone: if it is what kills its worker, nothing else is counted down with it.
    """
    first_of = {row.lane: row for row in heads}
    chosen: list[UUID] = []
    later: dict[UUID, datetime] = {}
    full = False
    for row in candidates:
        head = first_of.get(row.lane)
        if head is not None and head.position < row.position:
            if head.due_at > now:
                later[row.id] = head.due_at
        elif not full:
            alone = row.attempts >= ALONE_AFTER
            if not (alone and chosen):
                chosen.append(row.id)
            full = alone or len(chosen) >= most
    return Choice(chosen, later)
