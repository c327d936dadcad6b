"""Callers of the API: a manager's program, and a resource of the checks' own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prm.access.actors import Actor
from tests.conftest import Caller


@pytest.fixture
def call(manager: Actor, key_of: Callable[..., str]) -> Caller:
    """A manager's program."""
    return Caller(key_of(manager))


@pytest.fixture
def sample(settings) -> None:
    """Mounts the checks' own resource."""
    settings.ROOT_URLCONF = "tests.api.sample"
