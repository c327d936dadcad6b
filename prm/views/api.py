"""``/api/v1/saved-views``: lists as people kept them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from prm.access.actors import VENDOR_ROLE_LABELS
from prm.api.fields import ChoiceField, FlagField, MomentField, PublicIdField, TextField, TypeIdField
from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import CreateMixin, DeleteMixin, ListMixin, RetrieveMixin, UpdateMixin
from prm.views.models import SavedView
from prm.views.selectors import saved_view_get, saved_view_list
from prm.views.services import saved_view_create, saved_view_delete, saved_view_update


class SavedViewSerializer(ApiSerializer):
    """A list page as somebody wants to see it again. Who keeps it stays; so does its ``list``."""

    id = PublicIdField("view")
    list = TextField(
        source="list_name", max_length=60, help_text="The list: `companies`, `partners`, `sales`, `studies` and so on."
    )
    name = TextField(max_length=60)
    query = TextField(default="", allow_blank=True, max_length=2000, help_text="The query string of the list's page.")
    is_shared = FlagField(default=False, help_text="Seen by everybody who sees the list.")
    is_default = FlagField(default=False, help_text="Opens the list for whoever keeps it.")
    role = ChoiceField(
        choices=["", *(role.value for role in VENDOR_ROLE_LABELS)],
        default="",
        help_text="Opens the list for everybody of this role; shared views only.",
    )
    person = TypeIdField("person", source="person_id", read_only=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "view_01h455vb4pex5vsknk084sn02q",
        "list": "companies",
        "name": "White space West",
        "query": "territory=FR-WEST&partner=no&sort=-employees",
        "is_shared": True,
        "is_default": False,
        "role": "",
        "person": "person_01h455vb4pex5vsknk084sn02q",
        "created_at": "2026-05-18T12:00:00Z",
        "updated_at": "2026-05-18T12:02:00Z",
    }
    example_request = {
        "list": "companies",
        "name": "White space West",
        "query": "territory=FR-WEST&partner=no",
        "is_shared": True,
    }


class SavedViewViewSet(ListMixin, RetrieveMixin, HistoryMixin, CreateMixin, UpdateMixin, DeleteMixin):
    """Saved views: one's own, and those that colleagues share, of lists that the key may read."""

    resource, prefix, subject_type = "saved-views", "view", "saved_view"
    label = _("Saved views")
    serializer_class = SavedViewSerializer
    permissions = {
        "list": "views.saved_view:view",
        "retrieve": "views.saved_view:view",
        "create": "views.saved_view:edit",
        "update": "views.saved_view:edit",
        "partial_update": "views.saved_view:edit",
        "destroy": "views.saved_view:edit",
    }
    filters = (
        Filter("list", Kind.TEXT, "list_name"),
        Filter("is_shared", Kind.FLAG),
        Filter("mine", Kind.FLAG, is_column=False, help="Only one's own."),
    )
    sorts = {"created_at": ("created_at",)}
    default_sort = "created_at"

    def rows(self, query: ListQuery) -> QuerySet[SavedView]:
        return saved_view_list(actor=self.actor, mine=query.value("mine", default=False))

    def find(self, key: UUID) -> SavedView:
        return saved_view_get(actor=self.actor, view_id=key)

    def create_one(self, data: dict[str, Any]) -> SavedView:
        return saved_view_create(actor=self.actor, **data)

    def change_one(self, record: SavedView, data: dict[str, Any], *, partial: bool) -> SavedView:
        data.pop("list_name", None)
        return saved_view_update(actor=self.actor, view_id=record.pk, **data)

    def remove_one(self, record: SavedView) -> None:
        saved_view_delete(actor=self.actor, view_id=record.pk)


router.register(SavedViewViewSet)
