"""When a digest is due, and what joins: pure arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

#: What happens within this long becomes one notification; its mail leaves a little later, so that all of it is in.
JOINS_FOR = timedelta(minutes=4)
MAIL_AFTER = timedelta(minutes=5)
#: What came to a subscriber later than this is no news any more.
NEWS_FOR = timedelta(days=3)
#: The most that one notification lists; more only counts.
MOST_ENTRIES = 200


def last_slot(now: datetime, zone: ZoneInfo, hour: int) -> tuple[date, datetime]:
    """The last moment at or before ``now`` at which the clock of ``zone`` showed ``hour``: its day there, and the instant (UTC).

    An hour that the clock leaps over in spring is the instant after the leap; of one that comes twice in autumn it is the first.
    """
    day = now.astimezone(zone).date()
    while True:
        slot = datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)
        if slot <= now:
            return day, slot
        day -= timedelta(days=1)
