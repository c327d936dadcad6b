"""The parent of every resource: what a feature declares, and what it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from rest_framework.parsers import BaseParser

from prm.access.actors import VENDOR_DOOR, ActorKind
from prm.access.policies import is_known
from prm.api.parsers import StrictJSONParser
from prm.api.permissions import SIGNED_IN
from prm.api.query import Filter, ListQuery
from prm.api.viewsets.answers import AnswerView
from prm.core.ids import typeid_key
from prm.core.keyset import KeysetPage

_ACTIONS = ("list", "retrieve", "create", "update", "partial_update", "destroy", "upsert", "lookup")


class ScopedViewSet(AnswerView):
    """The parent; combine it with the mixins of the actions that the resource has."""

    abstract: ClassVar[bool] = True
    resource: ClassVar[str]
    prefix: ClassVar[str] = ""
    # A resource below another: its address; ``parents`` has the TypeID prefix of each id in it.
    address: ClassVar[str] = ""
    permissions: ClassVar[Mapping[str, str]] = {}
    audiences: ClassVar[frozenset[ActorKind]] = VENDOR_DOOR
    # Action → whom it is for, where these are fewer.
    audiences_of: ClassVar[Mapping[str, frozenset[ActorKind]]] = {}
    # What people call the resource, in the API reference.
    label: ClassVar[Any] = ""
    filters: ClassVar[Sequence[Filter]] = ()
    sorts: ClassVar[Mapping[str, Sequence[str]]] = {}
    default_sort: ClassVar[str] = ""
    searchable: ClassVar[bool] = False
    # A resource that takes files says so.
    parser_classes: ClassVar[Sequence[type[BaseParser]]] = (StrictJSONParser,)
    lookup_url_kwarg = "id"
    lookup_value_converter = "str"
    action_map: dict[str, str]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__dict__.get("abstract"):
            return
        cls.abstract = False
        extra = [a.__name__ for a in cls.get_extra_actions()]
        for action in {*(name for name in _ACTIONS if hasattr(cls, name)), *extra}:
            permission = cls.permissions.get(action, "")
            if permission != SIGNED_IN and not is_known(permission):
                raise ValueError(f"{cls.__name__}.{action}: permission names a verb that some policy declares")
        if cls.default_sort and cls.default_sort.removeprefix("-") not in cls.sorts:
            raise ValueError(f"{cls.__name__}: default_sort is one of sorts")

    @classmethod
    def is_for(cls, kind: ActorKind, action: str | None) -> bool:
        """Whether an action exists behind the door of ``kind``."""
        return kind in cls.audiences and kind in cls.audiences_of.get(action or "", cls.audiences)

    # What a feature writes

    def rows(self, query: ListQuery) -> models.QuerySet[Any]:
        """The rows of the list, from a selector."""
        raise NotImplementedError

    def list_page(self, query: ListQuery) -> KeysetPage:
        """One page of the list; a feature with a selector that pages by itself overrides this."""
        return self.page_of(query.narrow(self.rows(query)), query)

    def record(self, *, locked: bool = False) -> Any:
        """The record that the address names; ``locked`` keeps it as it is until the transaction ends."""
        key = typeid_key(self.prefix, self.kwargs["id"])
        found = self.find(key)
        if locked:
            lock(found)
            found = self.find(key)
        return found

    def parent(self, name: str) -> UUID:
        """The key of the record above that the address names. Raises NotFound for what is no such id."""
        return typeid_key(self.parents[name], self.above[name])


def lock(record: Any) -> None:
    """Keeps a record as it is until the transaction ends. What was read of it before may be old: read it again."""
    type(record)._default_manager.select_for_update().filter(pk=record.pk).first()
