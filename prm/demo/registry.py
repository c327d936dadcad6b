"""``register_world``: each package and stage adds its part to the demo world, in order, without being imported here.

A part is filled in one transaction as the system, once: ``is_there`` says whether it has been. So a newer version of the
product adds what it brings to a demo that already stands. ``build`` answers what it made, in words: ``"5,075 companies"``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prm.access.actors import Actor
from prm.core.registry import Registry
from prm.demo.world.calendar import WorldDay
from prm.demo.world.streams import keys

if TYPE_CHECKING:
    import pandas as pd

    from prm.demo.world.build import World


@dataclass(frozen=True)
class WorldContext:
    """What a part builds from. ``actor`` is the system; ``day`` says of which day and seed the world is.

    ``world`` is made when first asked for. Ids are the same for the same seed and day: ``ids("company", n)[row]`` is the key
    of row ``row`` of ``world.companies``; likewise "partner", "product", "vendor", "industry", "territory", "source".
    """

    actor: Actor
    day: WorldDay
    _shared: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def world(self) -> World:
        from prm.demo.world.build import build_world  # noqa: PLC0415  pandas is for making worlds, not for every process

        if "world" not in self._shared:
            self._shared["world"] = build_world(self.day.seed, self.day.today, self.day.companies)
        world: World = self._shared["world"]
        return world

    def ids(self, table: str, count: int) -> list[UUID]:
        """The first ``count`` keys of a table of the world."""
        return keys(self.day.seed, table, count, self.day.stamp_ms)

    def keyed(self, table: str, frame: pd.DataFrame) -> Iterator[tuple[UUID, Any]]:
        """Each row of a frame (as a named tuple) with its key."""
        return zip(self.ids(table, len(frame)), frame.itertuples(index=False), strict=True)


@dataclass(frozen=True)
class WorldPart:
    """One part: ``order`` 100 = accounts, 200 = market, 300 = companies, 400 = channel, 500 and up = stages.

    ``whole`` parts are built in one transaction as the system; others open their own, as the people who act.
    """

    key: str
    order: int
    is_there: Callable[[WorldContext], bool]
    build: Callable[[WorldContext], str]
    whole: bool = True


parts: Registry[WorldPart] = Registry("demo.parts", key=lambda part: part.key, order=lambda part: part.order)


def register_world(
    key: str, *, order: int, is_there: Callable[[WorldContext], bool], whole: bool = True
) -> Callable[..., Any]:
    """Decorates the builder of a part: ``@register_world("profiling.studies", order=500, is_there=…)``."""

    def register(build: Callable[[WorldContext], str]) -> Callable[[WorldContext], str]:
        parts.register(WorldPart(key, order, is_there, build, whole))
        return build

    return register
