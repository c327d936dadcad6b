"""Switching a wall off, to see the other one stand alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from prm.access.actors import EVERY_DOOR, Actor, ActorKind
from prm.access.pages import ScopedPage
from prm.access.roles import DATABASE_ROLE
from prm.api.viewsets.answers import RequestView
from prm.core.scoping import POLICIES

OUTSIDERS = (ActorKind.PARTNER, ActorKind.CANDIDATE, ActorKind.SPECIALIST)


def without_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application lets everybody do everything, on every row, by every door."""

    def every_row(self: Any, actor: Actor, verb: str) -> models.Q:
        return models.Q()

    def every_verb(self: Actor, permission: str) -> bool:
        return True

    for policy in POLICIES.values():
        monkeypatch.setattr(type(policy), "scope", every_row)
    monkeypatch.setattr(Actor, "may", every_verb)
    for opened in (*_below(ScopedPage), *_below(RequestView)):
        monkeypatch.setattr(opened, "audiences", EVERY_DOOR, raising=False)


def without_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database takes outsiders for the product itself, and gives them every row."""
    for kind in OUTSIDERS:
        monkeypatch.setitem(DATABASE_ROLE, kind, DATABASE_ROLE[ActorKind.SYSTEM])


def _below(parent: type[Any]) -> list[type[Any]]:
    return [parent, *(found for child in parent.__subclasses__() for found in _below(child))]
