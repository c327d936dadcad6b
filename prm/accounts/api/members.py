"""``/api/v1/members``: who has access to the place that a key or a session is for, the vendor or a partner."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import PORTAL_DOOR, VENDOR_DOOR
from prm.accounts.answers import TakenBackField
from prm.accounts.selectors.members import Member, member_get, member_rows, members_behind
from prm.accounts.services.members import member_activate, member_deactivate, member_reset_steps, member_set_roles
from prm.api.fields import FlagField, MomentField, PublicIdField, TextField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.core.keyset import KeysetPage


class MemberSerializer(ApiSerializer):
    """Somebody with access. They come by an invitation; what changes here are their roles and whether they may sign in."""

    id = PublicIdField("person")
    name = TextField(read_only=True)
    email = TextField(read_only=True)
    title = TextField(read_only=True)
    roles = serializers.ListField(
        child=TextField(max_length=40), min_length=1, max_length=20,
        help_text="Codes: `manager`, `partner_sales`, …, or the id of a role of the vendor's own.",
    )  # fmt: skip
    is_active = FlagField(read_only=True, help_text="Whether they may sign in.")
    has_second_step = FlagField(read_only=True)
    last_sign_in_at = MomentField(
        source="last_login", read_only=True, allow_null=True,
        help_text="Null also wherever a partner asks: an account may come in elsewhere too.",
    )  # fmt: skip
    invitations_taken_back = TakenBackField()

    told_once = frozenset({"invitations_taken_back"})
    example = {
        "id": "person_01h455vb4pex5vsknk084sn02q",
        "name": "Claire Rousset",
        "email": "claire.rousset@orvane.example",
        "title": "Channel manager",
        "roles": ["manager"],
        "is_active": True,
        "has_second_step": True,
        "last_sign_in_at": "2026-05-19T07:24:00Z",
        "invitations_taken_back": 0,
    }
    example_request = {"roles": ["director", "manager"]}


class MemberViewSet(ListMixin, RetrieveMixin, UpdateMixin, ScopedViewSet):
    """People with access: the vendor's, or for those of a partner their own colleagues."""

    resource, prefix = "members", "person"
    label = _("People with access")
    audiences = VENDOR_DOOR | PORTAL_DOOR
    # A partner's people come back by an invitation.
    audiences_of = {"activate": VENDOR_DOOR}
    serializer_class = MemberSerializer
    permissions = {
        "list": "accounts.person:invite",
        "retrieve": "accounts.person:invite",
        "update": "accounts.person:edit",
        "partial_update": "accounts.person:edit",
        "deactivate": "accounts.person:archive",
        "activate": "accounts.person:archive",
        "reset_second_step": "accounts.person:sign_in",
    }
    sentences = {
        "list": "Who has access, by name. A partner's key or session sees its own people only.",
        "retrieve": "One person with access.",
        "update": "Gives somebody exactly these roles, from their next click on.",
        "partial_update": "Gives somebody exactly these roles. 403 for more than you hold, 409 for the last administrator.",
    }
    filters = (Filter("is_active", Kind.FLAG, is_column=False, help="Whether they may sign in."),)
    sorts = {"name": ("name_key", "id")}
    default_sort = "name"
    searchable = True

    def list_page(self, query: ListQuery) -> KeysetPage:
        page = self.page_of(member_rows(actor=self.actor, q=query.q, is_active=query.value("is_active")), query)
        return replace(page, rows=members_behind(actor=self.actor, people=page.rows))

    def record(self, *, locked: bool = False) -> Member:
        return member_get(actor=self.actor, person_id=self.kwargs["id"], locked=locked)

    def change_one(self, record: Member, data: dict[str, Any], *, partial: bool) -> Member:
        if "roles" not in data:
            return record
        return member_set_roles(actor=self.actor, person_id=record.person_id, roles=data["roles"])

    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, id: str) -> Response:
        """Ends their access at once: sessions, keys, running work and the open invitations that they sent. 409 for oneself."""
        self.body(serializer=EmptySerializer)
        ended = member_deactivate(actor=self.actor, person_id=self.record().person_id)
        return self.answer(replace(ended, is_active=False))

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, id: str) -> Response:
        """Gives access back, with the roles as they were. A partner's people come back by an invitation."""
        self.body(serializer=EmptySerializer)
        return self.answer(replace(member_activate(actor=self.actor, person_id=self.record().person_id), is_active=True))

    @action(detail=True, methods=["post"], url_path="reset-second-step")
    def reset_second_step(self, request: Request, id: str) -> Response:
        """For somebody who lost phone and codes: takes their second steps off and ends their sessions. Administrators of the vendor."""
        self.body(serializer=EmptySerializer)
        reset = member_reset_steps(actor=self.actor, person_id=self.record().person_id)
        return self.answer(replace(reset, has_second_step=False))
