"""What the dry run foretells after corrections: the same as if all of it were told anew, without telling it anew each time."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.imports.models import ImportBatch
from prm.imports.runner.check import forecast
from prm.imports.runner.staging import Chunk, StagingTable
from prm.imports.services import import_check_start
from prm.imports.services_fix import import_row_apart, import_row_fix, import_value_fix
from prm.imports.targets import TARGETS
from tests.imports.conftest import run

pytestmark = pytest.mark.django_db

#: Row 2 meets a known one by its code, 3 one by its name; 4 and 5 repeat each other; 6 to 9 are wrong in their employees.
FILE = (
    "code,name,country,employees\nK1,Known,FR,3\n,By Name,FR,4\nN1,New,FR,5\nN1,New again,FR,6\nN2,Other,FR,x\nN1,Third,FR,x\n"
    ",By Name,FR,x\nK1,Known,FR,zz\n"
)
COUNTED = ("new", "known", "ambiguous", "repeated", "repeats")


@pytest.fixture
def checked(upload: Any, run_import: Any, manager: Actor) -> ImportBatch:
    """The file, checked, where two gadgets are known."""
    run_import("code,name,country\nK1,Known,FR\nK2,By Name,FR\n")
    return run(manager, import_check_start, upload(FILE))


def told(batch: ImportBatch) -> dict[str, Any]:
    batch.refresh_from_db()
    return {name: batch.forecast[name] for name in COUNTED}


def told_anew(actor: Actor, batch: ImportBatch) -> dict[str, Any]:
    """All of it, asked of the staged rows and then taken back."""
    with as_role(actor), transaction.atomic():
        whole = Chunk(StagingTable(batch, TARGETS.get(batch.target)), actor, first=1, last=batch.last_row)
        found = forecast(whole)
        transaction.set_rollback(True)
    return {name: found[name] for name in COUNTED}


def test_rows_corrected_one_by_one_are_counted_where_they_belong(checked, manager):
    with as_role(manager):
        before = told(checked)
    assert (before["new"], before["known"], before["repeated"]) == (1, {"code": 1, "name": 1}, 1)
    for row, counts in ((6, (2, 1, 1, 1)), (7, (2, 1, 1, 2)), (8, (2, 1, 1, 3)), (9, (2, 1, 1, 4))):
        with as_role(manager):
            assert import_row_fix(actor=manager, batch=checked, row_no=row, cells={3: "7"}).is_fixed
            now = told(checked)
        assert (now["new"], now["known"]["code"], now["known"]["name"], now["repeated"]) == counts, row
        assert now == told_anew(manager, checked), row


def test_one_value_corrected_everywhere_is_counted_as_a_whole(checked, manager):
    with as_role(manager):
        fixed, _ = import_value_fix(actor=manager, batch=checked, column=3, code="not_number", old="x", new="7")
        now = told(checked)
    assert (fixed, now) == (3, told_anew(manager, checked))
    with as_role(manager):
        import_row_fix(actor=manager, batch=checked, row_no=9, cells={0: "N9", 1: "Nine", 3: "7"})
        now = told(checked)
    assert now == told_anew(manager, checked)


def test_a_row_set_apart_is_new_and_becomes_known_again(checked, manager):
    with as_role(manager):
        first = told(checked)
        import_row_apart(actor=manager, batch=checked, row_no=3)
        apart = told(checked)
    assert (apart["new"], apart["known"], apart) == (2, {"code": 1}, told_anew(manager, checked))
    with as_role(manager):
        import_row_apart(actor=manager, batch=checked, row_no=3, apart=False)
        assert told(checked) == first


def test_a_correction_that_meets_no_other_row_does_not_tell_all_of_it_anew(checked, manager, monkeypatch):
    asked: list[Any] = []
    monkeypatch.setattr("prm.imports.services_fix.forecast", lambda chunk: asked.append(chunk) or forecast(chunk))
    with as_role(manager):
        import_row_fix(actor=manager, batch=checked, row_no=6, cells={3: "7"})
        assert not asked
        import_row_fix(actor=manager, batch=checked, row_no=7, cells={3: "7"})
    assert len(asked) == 1
