"""Of which seed and day a world is: enough to make it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

#: When a world is filled, in UTC: what happened on its last day happened before.
MORNING = time(9)
_NOTE = re.compile(r"^seed (\d+), (\d+) companies, (\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True)
class WorldDay:
    """The arguments of ``build_world``."""

    seed: int
    today: date
    companies: int

    @property
    def morning(self) -> datetime:
        """The moment at which the world was filled, in UTC."""
        return datetime.combine(self.today, MORNING, UTC)

    @property
    def stamp_ms(self) -> int:
        """The stamp of its keys: Unix milliseconds."""
        return int(self.morning.timestamp() * 1000)

    def note(self) -> str:
        """The day as words that ``of_note`` reads back."""
        return f"seed {self.seed}, {self.companies} companies, {self.today.isoformat()}"

    @classmethod
    def of_note(cls, note: str) -> WorldDay | None:
        """The day that a note tells of; None when it tells of none."""
        found = _NOTE.match(note)
        return cls(int(found[1]), date.fromisoformat(found[3]), int(found[2])) if found else None


def last_day(now: datetime) -> date:
    """The last day whose morning is over at ``now``: a world filled at night tells of nothing that is still to come.

    >>> last_day(datetime(2026, 5, 19, 8, 59, tzinfo=UTC)), last_day(datetime(2026, 5, 19, 9, tzinfo=UTC))
    (datetime.date(2026, 5, 18), datetime.date(2026, 5, 19))
    """
    return (now.astimezone(UTC) - timedelta(hours=MORNING.hour)).date()
