"""What an event happened to, outside: its TypeID, and its name where the feature that it belongs to gives one.

The subject's type inside is that of its model (``target_list`` of ``TargetList``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.apps import apps
from django.db import models

from prm.access.actors import Actor
from prm.core.errors import NotFound
from prm.core.ids import typeid_encode
from prm.core.registry import Registry
from prm.events.publishing import EVENT_TYPES

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Subjects that are called otherwise than their model.
CALLED = {"import": "import_batch"}


@dataclass(frozen=True)
class SubjectNames:
    """How a feature names what events happened to: ``names(actor, ids)`` gives id → (name, address)."""

    subject_type: str
    names: Callable[[Actor, Sequence[UUID]], Mapping[UUID, tuple[str, str]]]


subject_names: Registry[SubjectNames] = Registry("events.subjects", key=lambda s: s.subject_type)


def subjects_named(*, actor: Actor, subjects: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], tuple[str, str]]:
    """(type, id) → (name, address) of those that have a name and that the actor sees. One query for each type among them."""
    by_type: dict[str, list[UUID]] = {}
    for kind, key in dict.fromkeys(subjects):
        by_type.setdefault(kind, []).append(key)
    return {
        (kind, key): named
        for kind, ids in by_type.items()
        if kind in subject_names
        for key, named in subject_names.get(kind).names(actor, ids).items()
    }


@cache
def _prefixes() -> dict[str, str]:
    """Name of a model → the prefix of its TypeIDs."""
    found = {}
    for model in apps.get_models():
        prefix = getattr(model, "typeid_prefix", "")
        if prefix:
            found[_CAPITAL.sub("_", model.__name__).lower()] = prefix
    return found


def subject_prefix(subject_type: str) -> str:
    """The prefix of the TypeIDs of such subjects."""
    return _prefixes().get(CALLED.get(subject_type, subject_type), subject_type)


def model_behind(prefix: str) -> type[models.Model]:
    """The table behind a TypeID's prefix. Raises NotFound."""
    found = next((model for model in apps.get_models() if getattr(model, "typeid_prefix", "") == prefix), None)
    if found is None or not prefix:
        raise NotFound
    return found


def subject_types() -> list[str]:
    """Everything that events happen to. A record's own key tells it from all others, whatever it is called."""
    return sorted({event.subject_type for event in EVENT_TYPES.values()})


def subject_public_id(subject_type: str, key: UUID) -> str:
    """The TypeID of what an event happened to."""
    return typeid_encode(subject_prefix(subject_type), key)
