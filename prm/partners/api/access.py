"""``/api/v1/partners/{id}/invitations`` and ``/members``: whom the vendor lets into a partner's portal.

A partner's own people and keys do the same for themselves at ``/invitations`` and ``/members``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import PARTNER_ROLES, Role
from prm.accounts.answers import INVITATION_FILTERS, InvitationSerializer, TakenBackField
from prm.accounts.models import Invitation
from prm.accounts.selectors.colleagues import Colleague
from prm.accounts.services.invitations import Invited
from prm.api.fields import ChoiceField, PublicIdField, TextField
from prm.api.query import ListQuery
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, RetrieveMixin, ScopedViewSet
from prm.core.keyset import KeysetPage
from prm.partners.selectors.members import (
    access_behind,
    access_get,
    access_invitation_get,
    access_invitation_page,
    access_rows,
)
from prm.partners.services.members import (
    partner_access_end,
    partner_invitation_revoke,
    partner_invite,
    partner_invite_again,
)

ROLES = [role.value for role in Role if role in PARTNER_ROLES | {Role.CANDIDATE}]


class AccessInvitationSerializer(InvitationSerializer):
    """Who is invited to a partner's portal, as what, until when. The link itself is in the mail alone."""

    studies = studies_archived = studies_until = None
    roles = serializers.ListField(
        child=ChoiceField(choices=ROLES), min_length=1, max_length=len(ROLES),
        help_text="`candidate` at a company in recruitment, a partner's roles at a partner.",
    )  # fmt: skip

    example_request = {
        "email": "soazig.legall@kerlan.example", "name": "Soazig Le Gall", "language": "fr", "roles": ["partner_administrator"],
    }  # fmt: skip
    example = {
        "id": "invite_01h455vb4pex5vsknk084sn02q", **example_request, "state": "open", "invited_by": "Claire Rousset",
        "sent_at": "2026-05-19T07:24:00Z", "expires_at": "2026-05-26T07:24:00Z", "accepted_at": None,
        "created_at": "2026-05-19T07:24:00Z",
    }  # fmt: skip


class AccessInvitationViewSet(ListMixin, RetrieveMixin, CreateMixin, ScopedViewSet):
    """Invitations to one partner's portal."""

    resource, prefix, address = "partner-invitations", "invite", "partners/<str:partner_id>/invitations"
    label = _("Invitations of a partner’s people")
    parents = {"partner_id": "partner"}
    serializer_class = AccessInvitationSerializer
    permissions = dict.fromkeys(["list", "retrieve", "create", "resend", "revoke"], "partners.partner:invite")
    sentences = {
        "list": "Invitations to the partner's portal, the newest first. Needs partners:read as well.",
        "retrieve": "One invitation. Needs partners:read as well.",
        "create": (
            "Invites somebody of the partner: a link goes to them by mail and opens once. An open invitation of the address is "
            "replaced. 409 for an address that comes in already and for a partner that has left, 429 for too many. "
            "Needs partners:read as well."
        ),
    }
    filters = INVITATION_FILTERS
    sorts = {"created_at": ("created_at", "id"), "expires_at": ("expires_at", "id")}
    default_sort = "-created_at"

    def list_page(self, query: ListQuery) -> KeysetPage:
        return access_invitation_page(
            actor=self.actor, partner_id=self.parent("partner_id"), order=query.order, email=query.value("email", default=""),
            states=query.values("state"), cursor=query.cursor, limit=query.limit, count=query.count,
        )  # fmt: skip

    def find(self, key: UUID) -> Invitation:
        return access_invitation_get(actor=self.actor, partner_id=self.parent("partner_id"), invitation_id=key)

    def create_one(self, data: dict[str, Any]) -> Invitation:
        return partner_invite(actor=self.actor, partner_id=self.parent("partner_id"), invited=Invited(**data))

    @action(detail=True, methods=["post"])
    def resend(self, request: Request, id: str) -> Response:
        """Sends another link; the earlier one opens nothing any more. 409 for one that was accepted or taken back, 429 for too many."""
        self.body(serializer=EmptySerializer)
        sent = partner_invite_again(actor=self.actor, partner_id=self.parent("partner_id"), invitation_id=id)
        return self.answer(sent)

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, id: str) -> Response:
        """Takes it back at once. 409 for one that was accepted or taken back."""
        self.body(serializer=EmptySerializer)
        taken = partner_invitation_revoke(actor=self.actor, partner_id=self.parent("partner_id"), invitation_id=id)
        return self.answer(taken)


class AccessSerializer(ApiSerializer):
    """Somebody who comes in by the portal for a partner."""

    id = PublicIdField("person")
    name = TextField()
    title = TextField()
    email = TextField()
    phone = TextField()
    roles = serializers.ListField(child=ChoiceField(choices=ROLES))
    invitations_taken_back = TakenBackField()

    told_once = frozenset({"invitations_taken_back"})
    example = {
        "id": "person_01h455vb4pex5vsknk084sn02q", "name": "Soazig Le Gall", "title": "Managing director",
        "email": "soazig.legall@kerlan.example", "phone": "", "roles": ["partner_administrator"],
        "invitations_taken_back": 0,
    }  # fmt: skip


class AccessViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Who comes in by the portal for one partner. What they may do there is for its administrators to change."""

    resource, prefix, address = "partner-members", "person", "partners/<str:partner_id>/members"
    label = _("People with access for a partner")
    parents = {"partner_id": "partner"}
    serializer_class = AccessSerializer
    permissions = dict.fromkeys(["list", "retrieve", "deactivate"], "partners.partner:invite")
    sentences = {
        "list": "Who comes in for the partner, by name. Needs partners:read as well.",
        "retrieve": "One of them. Needs partners:read as well.",
    }
    sorts = {"name": ("name_key", "id")}
    default_sort = "name"
    searchable = True

    def list_page(self, query: ListQuery) -> KeysetPage:
        above = self.parent("partner_id")
        page = self.page_of(access_rows(actor=self.actor, partner_id=above, q=query.q), query)
        return replace(page, rows=access_behind(actor=self.actor, partner_id=above, people=page.rows))

    def find(self, key: UUID) -> Colleague:
        return access_get(actor=self.actor, partner_id=self.parent("partner_id"), person_id=key)

    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, id: str) -> Response:
        """Ends somebody's access to the partner at once, also that of its last administrator. What else their account opens stays open."""
        self.body(serializer=EmptySerializer)
        who = self.record()
        above = self.parent("partner_id")
        _name, taken_back = partner_access_end(actor=self.actor, partner_id=above, person_id=who.person_id)
        return self.answer(replace(who, taken_back=taken_back))
