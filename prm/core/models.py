"""What every table has: a time-ordered key, times of creation and change, a declared table class, a scoped manager."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from prm.core.ids import typeid_encode, typeid_key, uuid7
from prm.core.scoping import ScopedManager
from prm.core.tables import TableClass


class BaseModel(models.Model):
    """The parent of every table of ours.

    A subclass declares ``table_class`` (who may reach the table at all) and ``typeid_prefix`` (its public id).
    """

    table_class: ClassVar[TableClass]
    typeid_prefix: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    objects = ScopedManager()

    class Meta:
        abstract = True

    @property
    def public_id(self) -> str:
        """The TypeID that pages and the API show."""
        return typeid_encode(self.typeid_prefix, self.pk)

    @classmethod
    def key_of(cls, public_id: str) -> UUID:
        """The key behind a TypeID of this table. Raises NotFound for what is none."""
        return typeid_key(cls.typeid_prefix, public_id)


def key_field(**options: object) -> models.CharField[Any, Any]:
    """A ``*_key`` column: the folded text of ``core.text.text_key``, compared byte by byte."""
    return models.CharField(max_length=300, db_collation="C", editable=False, **options)  # type: ignore[arg-type]
