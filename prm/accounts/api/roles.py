"""``/api/v1/roles``: roles that the vendor made of permissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.abilities import keys_of
from prm.access.actors import Role
from prm.accounts.answers import TakenBackField
from prm.accounts.models import CustomRole
from prm.accounts.models.roles import BASES
from prm.accounts.selectors.roles import custom_role_get, custom_role_page
from prm.accounts.services.roles import custom_role_archive, custom_role_change, custom_role_make, custom_role_restore
from prm.api.fields import ChoiceField, MomentField, PublicIdField, TextField
from prm.api.query import Filter, Kind, ListQuery, Shape
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.core.keyset import KeysetPage


class RoleSerializer(ApiSerializer):
    """A role of the vendor's own: its abilities hold instead of those of `base`, whose home and views it keeps."""

    id = PublicIdField("role")
    name = TextField(max_length=80)
    base = ChoiceField(choices=[role.value for role in BASES], read_only=True)
    abilities = serializers.ListField(
        child=TextField(max_length=80), min_length=1, max_length=500,
        help_text="What it may do, as `partners.company:view`: nothing that the key itself may not do.",
    )  # fmt: skip
    archived_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    invitations_taken_back = TakenBackField()

    told_once = frozenset({"invitations_taken_back"})

    example_request = {"name": "Partner assistant", "abilities": ["partners.company:view", "partners.partner:view"]}
    example = {
        "id": "role_01h455vb4pex5vsknk084sn02q", **example_request, "base": "manager", "archived_at": None,
        "created_at": "2026-05-19T07:24:00Z", "invitations_taken_back": 0,
    }  # fmt: skip


class NewRoleSerializer(RoleSerializer):
    """Another role, from a built-in one."""

    base = ChoiceField(choices=[role.value for role in BASES])

    example_request = {**RoleSerializer.example_request, "base": "manager"}


class RoleViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, ScopedViewSet):
    """Roles of the vendor's own. The built-in ones are codes that never change: `manager`, `partner_sales`, …"""

    resource, prefix = "roles", "role"
    label = _("Roles")
    serializer_class = RoleSerializer
    request_serializers = {"create": NewRoleSerializer}
    permissions = {
        "list": "accounts.role:view",
        "retrieve": "accounts.role:view",
        "create": "accounts.role:create",
        "update": "accounts.role:edit",
        "partial_update": "accounts.role:edit",
        "archive": "accounts.role:archive",
        "restore": "accounts.role:archive",
    }
    sentences = {
        "list": "The vendor's own roles, by name; those put away on demand.",
        "retrieve": "One role.",
        "create": "Makes a role. 403 for more than the key itself may do, 409 for a name that is taken.",
        "update": "Another name and other abilities, which whoever holds the role has from their next click on.",
        "partial_update": "Another name or other abilities, which whoever holds the role has from their next click on.",
    }
    filters = (Filter("is_archived", Kind.FLAG, is_column=False, help="Those put away instead of the others."),)
    sorts = {"name": ("name_key", "id"), "created_at": ("created_at", "id")}
    default_sort = "name"

    def list_page(self, query: ListQuery) -> KeysetPage:
        return custom_role_page(
            actor=self.actor, order=query.order, archived=query.value("is_archived", default=False), cursor=query.cursor,
            limit=query.limit, count=query.count,
        )  # fmt: skip

    def record(self, *, locked: bool = False) -> CustomRole:
        return custom_role_get(actor=self.actor, role_id=self.kwargs["id"], locked=locked)

    def represent(self, records: Sequence[Any], shape: Shape = Shape()) -> list[dict[str, Any]]:  # noqa: B008  frozen
        for role in records:
            role.abilities = sorted(keys_of(role.permissions))
        return super().represent(records, shape)

    def create_one(self, data: dict[str, Any]) -> CustomRole:
        return custom_role_make(actor=self.actor, name=data["name"], base=Role(data["base"]), abilities=data["abilities"])

    def change_one(self, record: CustomRole, data: dict[str, Any], *, partial: bool) -> CustomRole:
        values = {"name": record.name, "abilities": sorted(keys_of(record.permissions)), **data}
        return custom_role_change(actor=self.actor, role_id=record.pk, **values)

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: str) -> Response:
        """Puts it away: it is given no more. 409 while somebody holds it or is invited to it."""
        self.body(serializer=EmptySerializer)
        return self.answer(custom_role_archive(actor=self.actor, role_id=self.record().pk))

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:
        """Brings it back. 409 for a name that is taken meanwhile."""
        self.body(serializer=EmptySerializer)
        return self.answer(custom_role_restore(actor=self.actor, role_id=self.record().pk))
