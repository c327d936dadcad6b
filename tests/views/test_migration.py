"""A database of before ``prm.views``: what people kept then is there afterwards."""

from __future__ import annotations

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from prm.access.actors import Actor
from prm.core.ids import uuid7
from tests.before import taken_back

BEFORE, AFTER = [("partners", "0008_people")], [("partners", "0009_views_have_a_home")]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_saved_views_move_with_their_ids_and_stay_whose_they_were(manager: Actor) -> None:
    owner = connections["owner"]
    ids = [uuid7(), uuid7()]
    rows = [
        (ids[0], "France", "country=FR&sort=-employees", True, True, 100),
        (ids[1], "Mine", "partner=no", False, False, 7),
    ]
    with taken_back(owner, *BEFORE, emptied=["views_savedview"]):
        with owner.cursor() as cursor:
            for key, name, query, is_shared, is_default, position in rows:
                cursor.execute(
                    "INSERT INTO partners_savedview (id, created_at, updated_at, page, name, query, is_shared, is_default, position,"
                    " person_id) VALUES (%s, '2026-05-18', '2026-05-19', 'partners:companies', %s, %s, %s, %s, %s, %s)",
                    [key, name, query, is_shared, is_default, position, manager.person_id],
                )
            # As it stands in every installation: forced, so that the owner sees none of its rows.
            cursor.execute("ALTER TABLE partners_savedview ENABLE ROW LEVEL SECURITY")
            cursor.execute("ALTER TABLE partners_savedview FORCE ROW LEVEL SECURITY")
            cursor.execute("SELECT count(*) FROM partners_savedview")
            assert cursor.fetchone()[0] == 0
        MigrationExecutor(owner).migrate(AFTER)
        with owner.cursor() as cursor:
            cursor.execute("ALTER TABLE views_savedview NO FORCE ROW LEVEL SECURITY")
            cursor.execute(
                "SELECT id, name, query, is_shared, is_default, position, list_name, role, person_id FROM views_savedview ORDER BY name"
            )
            assert cursor.fetchall() == [(*row, "companies", "", manager.person_id) for row in rows]
            cursor.execute("SELECT to_regclass('partners_savedview')")
            assert cursor.fetchone()[0] is None
