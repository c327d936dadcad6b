"""What imports say on the vendor's home page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.imports.home import waiting
from prm.imports.models import ImportBatch
from prm.ui.home import Whose

pytestmark = pytest.mark.django_db


def batch(owner: Actor, name: str, **facts: Any) -> ImportBatch:
    return ImportBatch.objects.create(
        target="companies", file_name=name, file_size=10, file_kind="csv", sha256="0" * 64, source="Fair", as_of=date(2026, 5, 19),
        currency="EUR", owner_id=owner.person_id, **facts,
    )  # fmt: skip


def test_files_wait_for_fixes_or_for_a_go(manager: Actor) -> None:
    with system_role("a test"):
        batch(manager, "faults.csv", state="checked", rows_total=1_000, rows_rejected=37, forecast={"ambiguous": 18})
        batch(manager, "clean.csv", state="checked", rows_total=12)
        batch(manager, "broken.csv", state="failed")
        batch(manager, "written.csv", state="done", rows_rejected=5)
    with as_role(manager):
        found = waiting(Whose(manager, manager.person_id))
    assert [(item.subject, item.act, item.tone) for item in found.items] == [
        ("faults.csv", "Fix", ""), ("clean.csv", "Write", ""), ("broken.csv", "Open", "hot"),
    ]  # fmt: skip
    assert found.items[0].why == "1,000 rows · 37 with faults · 18 possible duplicates"


def test_somebody_elses_files_are_theirs(manager: Actor, director: Actor) -> None:
    with system_role("a test"):
        batch(director, "theirs.csv", state="checked")
    with as_role(manager):
        assert waiting(Whose(manager, manager.person_id)).total == 0
        assert waiting(Whose(manager)).total == 1
