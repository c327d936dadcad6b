"""What an event happened to, outside: its TypeID. The subject's name inside is that of its model (``target_list`` of ``TargetList``)."""

from __future__ import annotations

import re
from functools import cache
from uuid import UUID

from django.apps import apps
from django.db import models

from prm.core.errors import NotFound
from prm.core.ids import typeid_encode
from prm.events.publishing import EVENT_TYPES

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Subjects that are called otherwise than their model.
CALLED = {"import": "import_batch"}


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


def subject_model(prefix: str) -> type[models.Model]:
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
