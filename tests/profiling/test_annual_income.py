"""An installation of before: the measure called ``annual_margin`` is ``annual_income`` wherever somebody kept its name."""

from __future__ import annotations

import json

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from prm.core.ids import uuid7
from tests.before import taken_back

BEFORE = [("profiling", "0004_kinds_are_registered"), ("partners", "0015_partner_contacts")]
AFTER = [("profiling", "0005_annual_income"), ("partners", "0016_annual_income")]
TABLES = ("partners_measure", "imports_importmapping", "profiling_study", "imports_importbatch")
ROWS = (
    ("partners_measure", {"key": "annual_margin", "name": "Yearly income", "names": '{"fr": "Résultat annuel"}', "kind": "amount",
                          "unit": "", "note": ""}),
    ("imports_importmapping", {"target": "companies", "signature": "s", "options": "{}",
                               "mapping": '{"Income": "m_annual_margin", "Name": "name"}'}),
    ("profiling_study", {"kind": "lookalike", "title": "Like Kerlan", "title_key": "like kerlan", "last_number": 0, "is_pinned": False,
                         "parameters": '{"weights": {"measure:annual_margin": 2, "measure:references": 1}}'}),
)  # fmt: skip


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_what_people_kept_under_the_old_name_goes_on_under_the_new_one() -> None:
    owner = connections["owner"]
    with taken_back(owner, *BEFORE, emptied=TABLES[:3]):
        with owner.cursor() as cursor:
            for table, values in ROWS:
                cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
                cursor.execute(
                    f"INSERT INTO {table} (id, created_at, updated_at, {', '.join(values)})"
                    f" VALUES (%s, '2026-05-18', '2026-05-19', {', '.join(['%s'] * len(values))})",
                    [uuid7(), *values.values()],
                )
            # As it stands in every installation: forced, so that the owner sees none of its rows.
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        MigrationExecutor(owner).migrate(AFTER)
        with owner.cursor() as cursor:
            cursor.execute("SELECT key, name FROM partners_measure")
            assert cursor.fetchall() == [("annual_income", "Annual income")]
            cursor.execute("SELECT mapping::text FROM imports_importmapping")
            assert json.loads(cursor.fetchone()[0]) == {"Income": "m_annual_income", "Name": "name"}
            cursor.execute("SELECT parameters::text FROM profiling_study")
            assert json.loads(cursor.fetchone()[0]) == {"weights": {"measure:annual_income": 2, "measure:references": 1}}
