"""Pure arithmetic of long work: shares, estimates, pauses."""

from __future__ import annotations

from datetime import datetime, timedelta

_CERTAIN_SHARE = 0.02
_CERTAIN_SECONDS = 3.0


def percent_of(done: int, total: int | None, *, is_done: bool = False) -> int | None:
    """Whole percent, rounded down so that 100 means done; None while the size is unknown."""
    if is_done:
        return 100
    if total is None:
        return None
    return min(99, done * 100 // total) if total > 0 else 0


def seconds_left(done: int, total: int | None, elapsed: timedelta) -> int | None:
    """How long the rest takes at the pace so far; None while that would be a guess."""
    if not total or done <= 0 or done >= total:
        return None
    seconds = elapsed.total_seconds()
    if done / total < _CERTAIN_SHARE or seconds < _CERTAIN_SECONDS:
        return None
    return max(1, round(seconds * (total - done) / done))


def retry_pause(failures: int) -> timedelta:
    """The wait before the next attempt: 2 s, 8 s, 32 s, at most 5 minutes."""
    return timedelta(seconds=min(300, 2 * 4 ** max(0, failures - 1)))


def slot_of(now: datetime, every: timedelta) -> int:
    """The number of the period that ``now`` falls in, the same on every machine."""
    return int(now.timestamp() // every.total_seconds())
