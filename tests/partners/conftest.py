"""Importing into the real targets, and companies to work with."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core import long_tables
from prm.imports.models import ImportBatch
from prm.imports.services import import_create, import_run_start, import_undo_start
from prm.jobs.runner.work import run_inline
from prm.partners.selectors import companies as selectors

Run = Callable[..., ImportBatch]


def _run(actor: Actor, start: Callable[..., Any], batch: ImportBatch) -> ImportBatch:
    with as_role(actor):
        job = start(actor=actor, batch=batch)
    job = run_inline(job)
    with as_role(actor):
        batch.refresh_from_db()
    assert job.state == "done", job.error
    return batch


@pytest.fixture
def bring(director: Actor, settings: Any, tmp_path: Path) -> Run:
    """Uploads, checks and writes text or a file as ``target``."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def do(target: str, content: str | Path, *, source: str = "CRM", **options: Any) -> ImportBatch:
        data = content.read_bytes() if isinstance(content, Path) else content.encode()
        with as_role(director):
            batch = import_create(
                actor=director, target=target, upload=io.BytesIO(data), file_name=f"{target}.csv", source=source, **options
            )
        return _run(director, import_run_start, batch)

    return do


@pytest.fixture
def take_back(director: Actor) -> Run:
    """Undoes an import."""
    return lambda batch: _run(director, import_undo_start, batch)


@pytest.fixture
def sql(director: Actor) -> Callable[..., list[tuple[Any, ...]]]:
    """Rows of a query, as the vendor sees them."""

    def query(text: str, *params: Any) -> list[tuple[Any, ...]]:
        with as_role(director), connections["default"].cursor() as cursor:
            cursor.execute(text, params)
            return list(cursor.fetchall())

    return query


@pytest.fixture
def real_data() -> Path:
    """The folder of real files; the test says so by name when it is absent."""
    folder = getattr(django_settings, "DATA_DIR", None)
    if folder is None or not folder.is_dir():
        pytest.skip("real input is absent: set PRM_DATA_DIR")
    return Path(folder)


@pytest.fixture(params=["glance", "few", "walk", "sample", "sort"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the ways to find a page of companies, chosen by shrinking the limits."""
    chosen = str(request.param)
    if chosen != "glance":
        monkeypatch.setattr(long_tables, "GLANCE", 2)
    if chosen in {"walk", "sample", "sort"}:
        monkeypatch.setattr(long_tables, "COUNT_CAP", 3)
        monkeypatch.setattr(selectors, "COUNT_CAP", 3)
    if chosen in {"sample", "sort"}:
        monkeypatch.setattr(long_tables, "SAMPLE", 2)
    if chosen == "sort":
        monkeypatch.setattr(long_tables, "WALK", 2)
    return chosen
