"""A data folder of its own, and the certainty that nothing of it runs on after the test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from prm.local.services import Services
from tests.local.processes import processes_of


@pytest.fixture(scope="session")
def made_var() -> Iterator[Path]:
    """One data folder with a fresh Postgres for all tests of a process: making it takes a second.

    Not below pytest's own folder, which each starting pytest closes to the servers' account when root runs it.
    """
    with tempfile.TemporaryDirectory(prefix="prm local ") as folder:
        yield Path(folder).resolve() / "var"


@pytest.fixture
def embedded(made_var: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """The services of that folder, not started; stopped afterwards."""
    for name in ("DATABASE_URL", "REDIS_URL", "PORT", "PRM_BIND", "MAKELEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PRM_VAR_DIR", str(made_var))
    services = Services(made_var)
    yield services
    services.release()
    services.stop()
    assert processes_of(made_var) == []
