"""What imports leave behind goes a month after they ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.imports.models import ImportBatch, ImportBefore, ImportRejectedRow
from prm.imports.runner.tidy import tidy_old_imports

pytestmark = pytest.mark.django_db


def test_what_a_file_said_goes_after_a_month_and_counts_stay(
    run_import: Any, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    run_import("code,name,country\nA,Alpha,FR\n")
    batch = run_import("code,name,country\nA,Alpha SA,FR\nB,Beta,Nowhere\n")
    with as_role(manager):
        path = Path(ImportBatch.objects.get(pk=batch.pk).file.path)
        assert (batch.updated, path.exists(), ImportBefore.objects.filter(batch=batch).count()) == (1, True, 1)
    assert tidy_old_imports() == 0
    with as_role(manager):
        ImportBatch.objects.filter(pk=batch.pk).update(updated_at=timezone.now() - timedelta(days=31))
    assert tidy_old_imports() == 1
    with as_role(manager):
        kept = ImportBatch.objects.get(pk=batch.pk)
        assert (kept.updated, kept.rows_rejected, bool(kept.file), path.exists()) == (1, 1, False, False)
        assert ImportBefore.objects.filter(batch=batch).count() == 0
        assert ImportRejectedRow.objects.filter(batch=batch).count() == 0
    page = client_of(manager).get(f"/imports/{batch.public_id}").content.decode()
    assert "no longer kept" in page
    assert "/rejected" not in page
