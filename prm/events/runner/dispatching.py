"""The one dispatcher: gives committed events their position, and each of their subscribers a delivery."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from prm.access.roles import as_system
from prm.events.models import Delivery, OutboxEvent
from prm.events.subscribing import SUBSCRIBERS

BATCH = 500
LOCK = 7_305_821_144_091_526_411  # any number that nothing else uses
_EVENTS = OutboxEvent._meta.db_table
_GIVE_POSITIONS = f"""
    WITH fresh AS (
        SELECT id, subject_type, subject_id, row_number() OVER (ORDER BY id) AS place,
            row_number() OVER (PARTITION BY subject_id ORDER BY id) AS nth
        FROM (SELECT id, subject_type, subject_id FROM {_EVENTS} WHERE position IS NULL ORDER BY id LIMIT %s) AS oldest
    ), last AS (SELECT coalesce(max(position), 0) AS position FROM {_EVENTS}
    ), known AS (
        SELECT subject_id, coalesce(
            (SELECT max(subject_version) FROM {_EVENTS} e WHERE e.subject_id = s.subject_id
                AND subject_version IS NOT NULL),
            (SELECT count(*) FROM {_EVENTS} e WHERE e.subject_id = s.subject_id AND e.subject_type = s.subject_type
                AND position IS NOT NULL)
        ) AS version FROM fresh s WHERE nth = 1
    )
    UPDATE {_EVENTS} AS event SET position = last.position + fresh.place, subject_version = known.version + fresh.nth
    FROM fresh JOIN known USING (subject_id), last WHERE event.id = fresh.id
    RETURNING event.id, event.position, event.type, event.subject_id
"""  # noqa: S608  the name of our own table


def dispatch() -> int:
    """Positions, and versions of their subjects, for up to ``BATCH`` committed events; how many. One process at a time
    does it, others are given 0.

    The lock lasts until the commit, so that positions become visible in their order: whoever has read up to one misses none before it.
    """
    with as_system("the dispatcher of events"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return 0
            cursor.execute(_GIVE_POSITIONS, [BATCH])
            placed = sorted(cursor.fetchall(), key=lambda row: row[1])
        now = timezone.now()
        Delivery.objects.bulk_create(
            Delivery(event_id=key, subscriber=entry.name, position=position, subject_id=subject_id, due_at=now)
            for key, position, type_, subject_id in placed
            for entry in SUBSCRIBERS
            if entry.wants(type_)
        )
    return len(placed)
