"""Pages of sign-in run in autocommit: what they leave for after the commit happens at once. A test's transaction would keep it for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction


@pytest.fixture
def commits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def now(act: Callable[[], Any], using: str | None = None, robust: bool = False) -> None:
        act()

    monkeypatch.setattr(transaction, "on_commit", now)
