"""Callers of the API: a manager's program, and a resource of the checks' own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.accounts.models import Person
from tests.conftest import Caller


@pytest.fixture
def call(manager: Actor, key_of: Callable[..., str]) -> Caller:
    """A manager's program."""
    return Caller(key_of(manager))


@pytest.fixture
def sample(settings) -> None:
    """Mounts the checks' own resource."""
    settings.ROOT_URLCONF = "tests.api.sample"


@pytest.fixture
def people() -> list[Person]:
    """Thirty people, in order of their names."""
    names = [f"Person {number:02}" for number in range(30)]
    with as_system("a test"):
        return [Person.objects.create(name=name, title="x" if i % 3 else "") for i, name in enumerate(names)]
