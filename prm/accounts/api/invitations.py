"""``/api/v1/invitations``: doors that open once, to the place that a key or a session is for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import PORTAL_DOOR, VENDOR_DOOR
from prm.accounts.answers import INVITATION_FILTERS, InvitationSerializer, InvitedStudiesSerializer
from prm.accounts.models import Invitation
from prm.accounts.selectors.invitations import invitation_get, invitation_page
from prm.accounts.services.invitations import (
    Invited,
    invitation_change,
    invitation_resend,
    invitation_revoke,
    invitation_send,
)
from prm.api.query import ListQuery
from prm.api.serializers import EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.core.keyset import KeysetPage


class InvitationViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, ScopedViewSet):
    """Invitations to the vendor, or for a partner's people to their partner."""

    resource, prefix = "invitations", "invite"
    label = _("Invitations")
    audiences = VENDOR_DOOR | PORTAL_DOOR
    # A partner invites nobody to studies.
    audiences_of = {"update": VENDOR_DOOR, "partial_update": VENDOR_DOOR}
    serializer_class = InvitationSerializer
    request_serializers = {"update": InvitedStudiesSerializer, "partial_update": InvitedStudiesSerializer}
    permissions = dict.fromkeys(
        ["list", "retrieve", "create", "update", "partial_update", "resend", "revoke"], "accounts.person:invite"
    )
    sentences = {
        "list": "Invitations, the newest first. A partner's key or session sees its own only.",
        "retrieve": "One invitation.",
        "create": "Invites somebody: a link goes to them by mail and opens once. An open invitation of the address is replaced.",
        "update": "Which studies a waiting invitation opens to a specialist, and until when. 409 for one that was accepted or taken back.",
        "partial_update": "The same, or one of both. The letter and its link stay good.",
    }
    filters = INVITATION_FILTERS
    sorts = {"created_at": ("created_at", "id"), "expires_at": ("expires_at", "id")}
    default_sort = "-created_at"

    def list_page(self, query: ListQuery) -> KeysetPage:
        return invitation_page(
            actor=self.actor, order=query.order, email=query.value("email", default=""), states=query.values("state"),
            cursor=query.cursor, limit=query.limit, count=query.count,
        )  # fmt: skip

    def record(self, *, locked: bool = False) -> Invitation:
        return invitation_get(actor=self.actor, invitation_id=self.kwargs["id"], locked=locked)

    def create_one(self, data: dict[str, Any]) -> Invitation:
        return invitation_send(actor=self.actor, invited=Invited(**data))

    def change_one(self, record: Invitation, data: dict[str, Any], *, partial: bool) -> Invitation:
        values = {"study_ids": record.study_ids, "studies_until": record.studies_until, **data}
        return invitation_change(actor=self.actor, invitation_id=record.pk, **values)

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
