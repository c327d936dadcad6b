"""Callers of the API: with a key, with a session, with nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.accounts.services import api_key_create

ALL = ["persons:write", "jobs:write"]


class Caller:
    """A program with an API key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.client = Client(raise_request_exception=False)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """One request; header names are written with underscores."""
        named = {"Authorization": f"Bearer {self.key}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        content = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        kind = named.pop("Content-Type", "application/json")
        answer: HttpResponse = self.client.generic(method, f"/api/v1/{path}", content, content_type=kind, headers=named)
        return answer


@pytest.fixture
def key_of() -> Callable[..., str]:
    """The secret of a fresh key of somebody."""

    def make(actor: Actor, scopes: list[str] = ALL) -> str:
        with as_role(actor):
            return api_key_create(actor=actor, name="a program", scopes=scopes)[1]

    return make


@pytest.fixture
def call(manager: Actor, key_of: Callable[..., str]) -> Caller:
    """A manager's program."""
    return Caller(key_of(manager))


@pytest.fixture
def sample(settings) -> None:
    """Mounts the checks' own resource."""
    settings.ROOT_URLCONF = "tests.api.sample"
