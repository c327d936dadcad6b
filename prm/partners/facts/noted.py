"""What is noted beside a value: where it comes from, of which day it is, and who told it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

#: The note of every fact that has none of its own: of a whole row that came with one file.
WHOLE_ROW = "*"


@dataclass(frozen=True, slots=True)
class Noted:
    """The source of a value, the day on which it was true, and the person who told it; None for what nobody noted.

    >>> Noted.from_json(["019a2b3c-0000-7000-8000-000000000001", "2026-03-12", None]).as_of
    datetime.date(2026, 3, 12)
    >>> Noted.from_json(None)
    Noted(source_id=None, as_of=None, person_id=None)
    """

    source_id: UUID | None = None
    as_of: date | None = None
    person_id: UUID | None = None

    @classmethod
    def from_json(cls, entry: Sequence[str | None] | None) -> Noted:
        """As ``as_json`` wrote it, or an import, which may leave the person out and add the time of day."""
        source, day, person = (*(entry or ()), None, None, None)[:3]
        return cls(
            UUID(source) if source else None, date.fromisoformat(day[:10]) if day else None, UUID(person) if person else None
        )

    def as_json(self) -> list[str | None]:
        """``[source id, day, person id]``, as ``Company.provenance`` keeps it."""
        return [
            str(self.source_id) if self.source_id else None,
            self.as_of.isoformat() if self.as_of else None,
            str(self.person_id) if self.person_id else None,
        ]
