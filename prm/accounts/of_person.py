"""What is read of somebody from several tables is known outside by its person."""

from __future__ import annotations

from uuid import UUID

from prm.accounts.models import Person
from prm.core.ids import typeid_encode


class OfPerson:
    """A base for such readings: lists, links and API answers name them like a row of the person."""

    person_id: UUID

    @property
    def pk(self) -> UUID:
        """The key of the person."""
        return self.person_id

    @property
    def public_id(self) -> str:
        """The TypeID of the person."""
        return typeid_encode(Person.typeid_prefix, self.person_id)
