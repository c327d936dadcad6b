"""Target lists, and the companies of one, as files."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.exports.sources import Asked, Source, of_queryset, sources
from profiling.targets.selectors import entry_list, target_list_get, target_list_list
from profiling.targets.tables import ENTRY_COLUMNS, LIST_COLUMNS, entry_list_spec, target_list_spec


def _lists(actor: Actor, asked: Asked) -> Any:
    return target_list_list(actor=actor, q=asked.state.q, archived=bool(asked.state.values.get("archived")))


def _entries(actor: Actor, asked: Asked) -> Any:
    return entry_list(actor=actor, target_list=target_list_get(actor=actor, list_id=asked.of), q=asked.state.q)


def register() -> None:
    """Called once, when the app is ready."""
    sources.register(
        Source(
            key="target-lists", label=_("Target lists"), permission="profiling.target_list:export",
            spec=lambda actor, of: target_list_spec(), columns=lambda actor, asked: LIST_COLUMNS, **of_queryset(_lists),
        )
    )  # fmt: skip
    sources.register(
        Source(
            key="targets", label=_("Companies of a target list"), permission="profiling.target_list:export",
            spec=lambda actor, of: entry_list_spec(), columns=lambda actor, asked: ENTRY_COLUMNS,
            name=lambda actor, of: target_list_get(actor=actor, list_id=of).name, **of_queryset(_entries),
        )
    )  # fmt: skip
