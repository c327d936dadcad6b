"""``/api/v1/invitations``: doors that open once, to the place that a key or a session is for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import PORTAL_DOOR, VENDOR_DOOR
from prm.accounts.models import Invitation
from prm.accounts.selectors_invitations import invitation_get, invitation_page
from prm.accounts.services_invitations import Invited, invitation_resend, invitation_revoke, invitation_send
from prm.api.fields import ChoiceField, EmailField, MomentField, PublicIdField, TextField, TypeIdField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, RetrieveMixin, ScopedViewSet
from prm.core.keyset import KeysetPage

STATES = ("open", "accepted", "revoked", "expired")


class InvitationSerializer(ApiSerializer):
    """Who is invited, as what, until when. The link itself is in the mail alone."""

    id = PublicIdField("invite")
    email = EmailField(max_length=254)
    name = TextField(max_length=200)
    language = ChoiceField(choices=[code for code, _name in settings.LANGUAGES], required=False, default="en")
    roles = serializers.ListField(
        child=TextField(max_length=40), min_length=1, max_length=20,
        help_text="Codes: `manager`, `partner_sales`, …, or the id of a role of the vendor's own.",
    )  # fmt: skip
    studies = serializers.ListField(
        child=TypeIdField("study"), source="study_ids", required=False, default=list, max_length=100,
        help_text="What an outside specialist may see.",
    )  # fmt: skip
    state = ChoiceField(choices=STATES, read_only=True)
    invited_by = TextField(source="inviter_name", read_only=True)
    sent_at = MomentField(read_only=True)
    expires_at = MomentField(read_only=True)
    accepted_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)

    example_request = {"email": "elise.vidal@orvane.example", "name": "Elise Vidal", "language": "fr", "roles": ["manager"]}
    example = {
        "id": "invite_01h455vb4pex5vsknk084sn02q", **example_request, "studies": [], "state": "open", "invited_by": "Marc Tessier",
        "sent_at": "2026-05-19T07:24:00Z", "expires_at": "2026-05-26T07:24:00Z", "accepted_at": None,
        "created_at": "2026-05-19T07:24:00Z",
    }  # fmt: skip


class InvitationViewSet(ListMixin, RetrieveMixin, CreateMixin, ScopedViewSet):
    """Invitations to the vendor, or for a partner's people to their partner."""

    resource, prefix = "invitations", "invite"
    audiences = VENDOR_DOOR | PORTAL_DOOR
    serializer_class = InvitationSerializer
    permissions = dict.fromkeys(["list", "retrieve", "create", "resend", "revoke"], "accounts.person:invite")
    sentences = {
        "list": "Invitations, the newest first. A partner's key or session sees its own only.",
        "retrieve": "One invitation.",
        "create": "Invites somebody: a link goes to them by mail and opens once. An open invitation of the address is replaced.",
    }
    filters = (
        Filter("state", Kind.CHOICE, choices=STATES, is_column=False),
        Filter("email", Kind.TEXT, is_column=False, is_single=True),
    )
    sorts = {"created_at": ("created_at", "id"), "expires_at": ("expires_at", "id")}
    default_sort = "-created_at"

    def list_page(self, query: ListQuery) -> KeysetPage:
        return invitation_page(
            actor=self.actor, order=query.order, email=query.value("email", default=""), states=query.values("state"),
            cursor=query.cursor, limit=query.limit, count=query.count,
        )  # fmt: skip

    def find(self, key: UUID) -> Invitation:
        return invitation_get(actor=self.actor, invitation_id=key)

    def create_one(self, data: dict[str, Any]) -> Invitation:
        return invitation_send(actor=self.actor, invited=Invited(**data))

    @action(detail=True, methods=["post"])
    def resend(self, request: Request, id: str) -> Response:
        """Sends another link; the earlier one opens nothing any more. 409 for one that was accepted or taken back, 429 for too many."""
        self.body(serializer=EmptySerializer)
        return self.answer(invitation_resend(actor=self.actor, invitation_id=self.record().pk))

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, id: str) -> Response:
        """Takes it back at once. 409 for one that was accepted or taken back."""
        self.body(serializer=EmptySerializer)
        return self.answer(invitation_revoke(actor=self.actor, invitation_id=self.record().pk))
