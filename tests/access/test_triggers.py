"""What the database does by itself is written down in docs/architecture.md, each trigger and function with its reason."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from prm.access.belonging import bonds
from tests.house.house import ROOT

TEXT = (ROOT / "docs/architecture.md").read_text()
#: ``| `table` | `trigger` | why | `app/migration` |`` and the same without a table.
TRIGGER = re.compile(r"^\| `(\w+)` \| `(\w+)` \| (.+) \| `(\w+)/(\w+)` \|$", re.M)
FUNCTION = re.compile(r"^\| `(\w+)` \| ([^`|].+) \| `(\w+)/(\w+)` \|$", re.M)


def standing(query: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_each_trigger_is_told_with_its_reason_and_each_that_is_told_is_there() -> None:
    made = {bond.name for bond in bonds()} | {"stays_with_its_partner"}  # tests/access/test_belonging.py sees to them
    found = standing("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
    told = [match[:2] for match in TRIGGER.findall(TEXT)]
    assert sorted(told) == sorted((table, name) for table, name in found if name not in made)


@pytest.mark.django_db
def test_each_function_that_is_no_triggers_is_told_too() -> None:
    found = standing(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype"
    )
    assert sorted(match[0] for match in FUNCTION.findall(TEXT)) == sorted(name for (name,) in found)


def test_each_stands_in_the_migration_that_is_named() -> None:
    named = [(name, app, file) for _table, name, _why, app, file in TRIGGER.findall(TEXT)]
    named += [(name, app, file) for name, _why, app, file in FUNCTION.findall(TEXT)]
    assert named
    wrong = [
        (name, file)
        for name, app, file in named
        if not re.search(rf"\b{name}\b", (ROOT / "prm" / app / "migrations" / f"{file}.py").read_text())
    ]
    assert wrong == []
