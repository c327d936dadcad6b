"""Acts on one import at the same moment: one of them happens, the other is told why not."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.core.errors import Conflict, NotFound
from prm.imports.models import ImportBatch
from prm.imports.services import import_check_start, import_create, import_discard
from prm.jobs.models import Job
from tests.together import at_once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", [import_check_start, import_discard])
def test_an_import_is_checked_or_thrown_away_once(
    manager: Actor, settings: Any, tmp_path: Any, second: Callable[..., Any]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with as_role(manager):
        batch = import_create(
            actor=manager, target="companies", upload=io.BytesIO(b"Company,Country\nKerlan,France\n"), file_name="a.csv"
        )
    acts = [import_discard, second]

    def act() -> Any:
        with as_role(manager):
            return acts.pop()(actor=manager, batch=batch)

    found = at_once(act, times=2)
    refused = [one for one in found if isinstance(one, Conflict | NotFound)]
    assert len(refused) == 1, found
    with as_system("a test"):
        assert ImportBatch.objects.count() == Job.objects.count()
