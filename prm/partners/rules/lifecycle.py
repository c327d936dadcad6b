"""A relationship's life: from where to where it may move, and what must be explained. Pure."""

from __future__ import annotations

from collections.abc import Mapping

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
