"""What outside specialists are invited to. This package keeps who may see which study; the stage above, which knows studies, says what
they are called and which of them somebody may share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from prm.access.actors import Actor
from prm.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class StudySource:
    """Where studies come from. ``choices``: (TypeID, title) of those that somebody may share, the last touched first. ``titles``: those of
    ``ids`` that somebody may share, by name; to the product itself all that stand. ``archived``: those of ``ids`` that somebody sees and
    that stand no more."""

    key: str
    choices: Callable[[Actor], Sequence[tuple[str, str]]]
    titles: Callable[[Actor, Sequence[UUID]], Mapping[UUID, str]]
    archived: Callable[[Actor, Sequence[UUID]], Collection[UUID]]


study_sources: Registry[StudySource] = Registry("sources of studies", key=lambda source: source.key)


def study_choices(actor: Actor) -> list[tuple[str, str]]:
    """(TypeID, title) of the studies that ``actor`` may share with specialists."""
    return [choice for source in study_sources for choice in source.choices(actor)]


def study_titles(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Titles of those of ``ids`` that ``actor`` may share, in their order."""
    found = {key: title for source in study_sources for key, title in source.titles(actor, ids).items()} if ids else {}
    return {key: found[key] for key in ids if key in found}


def studies_archived(actor: Actor, ids: Sequence[UUID]) -> list[UUID]:
    """Those of ``ids`` that ``actor`` sees and that stand no more, in their order: whoever was to see them sees nothing of them."""
    gone = {key for source in study_sources for key in source.archived(actor, ids)} if ids else set()
    return [key for key in ids if key in gone]
