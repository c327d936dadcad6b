"""What happens to each table with a key to a company or a partner when two companies become one.

Every feature declares its tables here: ``merge.register(Tie(…))``. A test walks all foreign keys and fails for one that nobody declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models

from prm.core.registry import Registry


class How(StrEnum):
    """What becomes of the rows of the company that goes."""

    MOVE = "move"  # each to the company that stays, unless that has its like (``once``)
    ALL_OR_NONE = "all_or_none"  # parts of one whole: they move only where the company that stays has none
    STAY = "stay"  # history, or rows of a partner, whose id never changes


@dataclass(frozen=True, kw_only=True)
class Tie:
    """One foreign key to ``Company`` or ``Partner``.

    ``once``: alternatives of columns; a row that is equal to one of the company that stays in all columns of an alternative is its like and
    stays where it is. An alternative of nothing but empty texts tells nothing. ``verbs`` are those of the table's policy that
    together reach all its rows. ``label`` names the rows in the preview; "" where people need not know.
    """

    model: type[models.Model]
    field: str = "company"
    label: Any = ""
    how: How = How.MOVE
    once: Sequence[Sequence[str]] = ()
    verbs: Sequence[str] = ("view",)
    order: int = 100

    @property
    def key(self) -> str:
        """``partners.site.company``: table and column."""
        return f"{self.model._meta.label_lower}.{self.field}"


merge: Registry[Tie] = Registry("partners.merge", key=lambda tie: tie.key, order=lambda tie: tie.order)
