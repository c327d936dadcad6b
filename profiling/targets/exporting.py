"""Target lists, and the companies of one, as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.exports.sources import Asked, Source, of_queryset, sources
from prm.ui.tables import ListSpec
from profiling.studies.selectors import potential_run
from profiling.targets.selectors import (
    ListFacts,
    entries_dressed,
    entry_list,
    list_facts,
    target_list_get,
)
from profiling.targets.tables import ENTRY_COLUMNS, LIST_COLUMNS, entry_list_spec, target_list_spec, target_lists_of


def _lists(actor: Actor, asked: Asked) -> Any:
    return target_lists_of(actor=actor, state=asked.state)


def _entries(actor: Actor, asked: Asked) -> Any:
    return entry_list(actor=actor, target_list=target_list_get(actor=actor, list_id=asked.of), q=asked.state.q)


def _entry_spec(actor: Actor, of: str) -> ListSpec:
    target_list = target_list_get(actor=actor, list_id=of)
    potentials = potential_run(actor=actor)
    facts = list_facts(actor=actor, list_ids=[target_list.pk], potentials=potentials).get(target_list.pk, ListFacts())
    return entry_list_spec(facts, has_potentials=potentials is not None)


def _list_rows(actor: Actor, asked: Asked, wanted: Sequence[UUID]) -> list[Any]:
    found: list[Any] = of_queryset(_lists)["rows"](actor, asked, wanted)
    facts = list_facts(actor=actor, list_ids=list(wanted), potentials=potential_run(actor=actor))
    for target_list in found:
        target_list.facts = facts.get(target_list.pk, ListFacts())
    return found


def _entry_rows(actor: Actor, asked: Asked, wanted: Sequence[UUID]) -> list[Any]:
    found: list[Any] = of_queryset(_entries)["rows"](actor, asked, wanted)
    entries_dressed(actor=actor, entries=found, potentials=potential_run(actor=actor))
    return found


def register() -> None:
    """Called once, when the app is ready."""
    sources.register(
        Source(
            key="target-lists", label=_("Target lists"), permission="profiling.target_list:export",
            spec=lambda actor, of: target_list_spec(), columns=lambda actor, asked: LIST_COLUMNS,
            keys=of_queryset(_lists)["keys"], rows=_list_rows, shown={"list": ("list", "note")},
        )
    )  # fmt: skip
    sources.register(
        Source(
            key="targets", label=_("Companies of a target list"), permission="profiling.target_list:export",
            spec=_entry_spec, columns=lambda actor, asked: ENTRY_COLUMNS,
            keys=of_queryset(_entries)["keys"], rows=_entry_rows,
            name=lambda actor, of: target_list_get(actor=actor, list_id=of).name,
            shown={
                "company": ("company", "company_name", "city"), "study": ("study", "run"),
                "score": ("resemblance", "resemblance_now"), "potential": ("potential", "potential_now"),
            },
        )
    )  # fmt: skip
