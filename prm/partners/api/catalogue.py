"""What the resources of the small tables have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind
from prm.api.serializers import EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.partners.catalogue import KINDS
from prm.partners.services.catalogue import record_archive

UNKNOWN: dict[str, Any] = {"required": False, "allow_null": True, "default": None}
NAMES: dict[str, Any] = {"required": False, "default": dict, "help_text": "Names in other languages, by language tag."}


class CatalogueViewSet(ListMixin, RetrieveMixin, HistoryMixin, CreateMixin, UpdateMixin, ScopedViewSet):
    """Found by name or code, archived ones on demand; taken out of the choices and brought back."""

    abstract = True
    subject_type = "catalogue"
    filters: ClassVar[Sequence[Filter]] = (
        Filter("code", Kind.TEXT),
        Filter("is_archived", Kind.FLAG, is_column=False, help="The archived ones instead of the others."),
        Filter("updated_at", Kind.MOMENT),
    )
    sentences: ClassVar[Mapping[str, str]] = {}
    sorts = {"name": ("name_key", "id"), "created_at": ("created_at", "id")}
    default_sort = "name"
    searchable = True
    slug: ClassVar[str]

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: str) -> Response:
        """Takes it out of the choices; what refers to it keeps it."""
        return self._archived(True)

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:
        """Brings it back."""
        return self._archived(False)

    def _archived(self, is_archived: bool) -> Response:
        self.body(serializer=EmptySerializer)
        key = self.record().pk
        record_archive(actor=self.actor, kind=KINDS[self.slug], record_id=key, is_archived=is_archived)
        return self.answer(self.find(key))
