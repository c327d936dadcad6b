"""``GET /api/v1/me``: whose key this is and what it may do; ``/api/v1/persons``: the vendor's people. Members, invitations, roles and the
rules of signing in stand in files of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import EVERY_DOOR, Actor, Role
from prm.accounts.api_invitations import InvitationViewSet
from prm.accounts.api_members import MemberViewSet
from prm.accounts.api_roles import RoleViewSet
from prm.accounts.api_rules import SignInRulesViewSet
from prm.accounts.models import Person
from prm.accounts.selectors import key_scopes, person_get, person_list
from prm.api.fields import ChoiceField, MomentField, PublicIdField, TextField, TypeIdField
from prm.api.history import HistoryMixin
from prm.api.permissions import SIGNED_IN
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, ScopedViewSet


class MeSerializer(ApiSerializer):
    """The caller."""

    id = TypeIdField("person", source="person_id", allow_null=True, read_only=True)
    name = TextField(read_only=True)
    kind = TextField(read_only=True)
    language = TextField(read_only=True)
    key_id = TypeIdField("key", allow_null=True, read_only=True)
    roles = serializers.ListField(child=ChoiceField(choices=[role.value for role in Role]), read_only=True)
    scopes = serializers.ListField(child=TextField(), read_only=True)

    example = {
        "id": "person_01h455vb4pex5vsknk084sn02q",
        "name": "Claire Rousset",
        "kind": "vendor",
        "language": "en",
        "key_id": "key_01h455vb4pex5vsknk084sn02r",
        "roles": ["manager"],
        "scopes": ["companies:read", "jobs:read"],
    }


class MeViewSet(ScopedViewSet):
    """Who calls."""

    resource = "me"
    label = _("Who calls")
    is_single = True
    permissions = {"retrieve": SIGNED_IN}
    audiences = EVERY_DOOR
    serializer_class = MeSerializer

    def retrieve(self, request: Request) -> Response:
        """The person behind the key, with the scopes that are left of theirs."""
        return Response(self.represent([_me(self.actor, key_scopes(actor=self.actor))])[0])


def _me(actor: Actor, scopes: list[str]) -> dict[str, Any]:
    return {
        "pk": actor.person_id,
        "person_id": actor.person_id,
        "name": actor.name,
        "kind": actor.kind.value,
        "language": actor.language,
        "key_id": actor.key_id,
        "roles": sorted(role.value for role in actor.roles),
        "scopes": scopes,
    }


class PersonSerializer(ApiSerializer):
    """Somebody by name. ``account_manager`` of partners and ``owner`` of studies and lists are such ids."""

    id = PublicIdField("person")
    name = TextField(read_only=True)
    title = TextField(read_only=True)
    archived_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "person_01h455vb4pex5vsknk084sn02q",
        "name": "Claire Rousset",
        "title": "Channel manager",
        "archived_at": None,
        "created_at": "2026-03-12T09:30:00Z",
        "updated_at": "2026-03-12T09:30:00Z",
    }


class PersonViewSet(ListMixin, RetrieveMixin, HistoryMixin, ScopedViewSet):
    """The vendor's people."""

    resource, prefix = "persons", "person"
    label = _("People")
    permissions = {"list": "accounts.person:view", "retrieve": "accounts.person:view"}
    sentences = {"list": "The vendor's people, by name; those who left on demand.", "retrieve": "One person."}
    serializer_class = PersonSerializer
    filters = (
        Filter("is_archived", Kind.FLAG, is_column=False, help="Those who left instead of the others."),
        Filter("updated_at", Kind.MOMENT),
    )
    sorts = {"name": ("name_key", "id"), "created_at": ("created_at", "id")}
    default_sort = "name"
    searchable = True

    def rows(self, query: ListQuery) -> QuerySet[Person]:
        return person_list(actor=self.actor, q=query.q, archived=query.value("is_archived", default=False))

    def find(self, key: UUID) -> Person:
        return person_get(actor=self.actor, person_id=key)


for viewset in (PersonViewSet, MemberViewSet, InvitationViewSet, RoleViewSet):
    router.register(viewset)
router.register_single(MeViewSet, {"get": "retrieve"})
router.register_single(SignInRulesViewSet, {"get": "retrieve", "patch": "partial_update"})
