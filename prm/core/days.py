"""Days by the vendor's clock: whatever lasts until a day lasts until its 24:00."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def end_of(day: date) -> datetime:
    """24:00 of a day by the vendor's clock."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min), timezone.get_default_timezone())


def last_day(moment: datetime) -> date:
    """The last day that is over, at the latest, by ``moment``: the other way round."""
    return timezone.localdate(moment - timedelta(microseconds=1), timezone.get_default_timezone())
