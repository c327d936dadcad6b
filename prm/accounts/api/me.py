"""``GET /api/v1/me``: whose key this is and what it may do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import EVERY_DOOR, Actor, Role
from prm.accounts.selectors.actors import key_scopes
from prm.api.fields import ChoiceField, TextField, TypeIdField
from prm.api.permissions import SIGNED_IN
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ScopedViewSet


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
