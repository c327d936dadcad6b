"""``/api/v1/partners``: relationships, and their moves along a life by the table of allowed moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import Actor
from prm.api.fields import ChoiceField, MomentField, PublicIdField, TextField, TypeIdField, WholeField
from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.partners.api.fields import CodesField, CurrencyField, ShareField
from prm.partners.api.filters import code_filter
from prm.partners.models import Lifecycle, Partner
from prm.partners.rules.lifecycle import ALLOWED_MOVES, BIRTHS
from prm.partners.selectors.partners import partner_get, partner_list, partners_companies, partners_moves, partners_terms
from prm.partners.services.lifecycle import partner_advance, partner_take_back
from prm.partners.services.partners import candidates_create, partner_create, partner_edit

_UNKNOWN: dict[str, Any] = {"required": False, "allow_null": True, "default": None}


class TerritoriesField(CodesField):
    """Codes of territories; out of the links that the selector read."""

    def get_attribute(self, instance: Any) -> list[str]:
        return [link.territory.code for link in instance.served]


class PartnerSerializer(ApiSerializer):
    """One relationship. ``lifecycle`` moves by ``advance`` only; ``company`` never changes."""

    id = PublicIdField("partner")
    company = TypeIdField("company", source="company_id", read_only=True)
    company_name = TextField(source="company.name", read_only=True)
    lifecycle = ChoiceField(choices=Lifecycle.values, read_only=True)
    lifecycle_since = MomentField(read_only=True)
    allowed_moves = serializers.SerializerMethodField(help_text="Where it may go from here.")
    account_manager = TypeIdField("person", source="account_manager_id", **_UNKNOWN)
    account_manager_name = TextField(source="account_manager.name", read_only=True, allow_null=True, default=None)
    territories = TerritoriesField(required=False, default=list, help_text="Codes of the territories it serves.")
    currency = CurrencyField(help_text="ISO 4217.", **_UNKNOWN)
    language = TextField(max_length=8, **_UNKNOWN)
    dedicated_share = ShareField(min_value=0, max_value=1, help_text="Share of its business with us.", **_UNKNOWN)
    tier_code = TextField(read_only=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "partner_01h455vb4pex5vsknk084sn02r",
        "company": "company_01h455vb4pex5vsknk084sn02q",
        "company_name": "Kerlan Systèmes",
        "lifecycle": "active",
        "lifecycle_since": "2022-03-14T00:00:00Z",
        "allowed_moves": ["extended", "exiting"],
        "account_manager": "person_01h455vb4pex5vsknk084sn02s",
        "account_manager_name": "Claire Rousset",
        "territories": ["brittany"],
        "currency": "EUR",
        "language": "fr",
        "dedicated_share": 0.18,
        "tier_code": "",
        "created_at": "2022-01-10T08:00:00Z",
        "updated_at": "2026-05-19T07:24:00Z",
    }
    example_request = {"territories": ["brittany"], "currency": "EUR", "language": "fr", "dedicated_share": 0.18}

    @extend_schema_field(serializers.ListField(child=ChoiceField(choices=Lifecycle.values)))
    def get_allowed_moves(self, partner: Partner) -> list[str]:
        return list(ALLOWED_MOVES[partner.lifecycle])


class NewPartnerSerializer(PartnerSerializer):
    """A company that becomes a partner."""

    company = TypeIdField("company", source="company_id")
    lifecycle = ChoiceField(choices=list(BIRTHS), required=False, default=Lifecycle.CANDIDATE.value)
    reason = TextField(max_length=300, required=False, allow_blank=True, default="", write_only=True)

    example_request = {
        "company": "company_01h455vb4pex5vsknk084sn02q",
        "lifecycle": "candidate",
        "territories": ["brittany"],
        "currency": "EUR",
    }


class ConvertSerializer(ApiSerializer):
    """Companies that become candidates in one act."""

    companies = serializers.ListField(child=TypeIdField("company"), min_length=1, max_length=10_000)
    reason = TextField(max_length=300, required=False, allow_blank=True, default="")

    example_request = {"companies": ["company_01h455vb4pex5vsknk084sn02q"], "reason": "Best of the look-alikes in the West."}


class ConvertedSerializer(ApiSerializer):
    """What came of it: the relationships that began, how many were partners already, how many are archived."""

    partners = serializers.ListField(child=TypeIdField("partner"), source="made")
    already_partners = WholeField(source="partners")
    archived = WholeField()

    example = {"partners": ["partner_01h455vb4pex5vsknk084sn02r"], "already_partners": 2, "archived": 0}


class AdvanceSerializer(ApiSerializer):
    """A step of a life."""

    to = ChoiceField(choices=Lifecycle.values)
    reason = TextField(
        max_length=300, required=False, allow_blank=True, default="", help_text="Asked for on leaving and stepping back."
    )

    example_request = {"to": "exiting", "reason": "Sells only Nordwall since March."}


class MoveSerializer(ApiSerializer):
    """A step that was taken."""

    before = TextField(source="from_lifecycle")
    after = TextField(source="to_lifecycle")
    reason = TextField()
    person = TextField(source="person.name", allow_null=True, default=None)
    taken_back_at = MomentField(allow_null=True)
    created_at = MomentField()


class TermSerializer(ApiSerializer):
    """Somebody who looked after a partner; null ends are not known, not over."""

    person = TypeIdField("person", source="person_id")
    name = TextField(source="person.name")
    began_at = MomentField(allow_null=True)
    ended_at = MomentField(allow_null=True)


def expand_moves(rows: Sequence[Partner], actor: Actor) -> dict[UUID, Any]:
    """The steps of its life, newest first."""
    found = partners_moves(actor=actor, partners=rows)
    return {row.pk: [dict(move) for move in MoveSerializer(found.get(row.pk, []), many=True).data] for row in rows}


def expand_managers(rows: Sequence[Partner], actor: Actor) -> dict[UUID, Any]:
    """Who looked after it from when to when, the present one first."""
    found = partners_terms(actor=actor, partners=rows)
    return {row.pk: [dict(term) for term in TermSerializer(found.get(row.pk, []), many=True).data] for row in rows}


def expand_company(rows: Sequence[Partner], actor: Actor) -> dict[UUID, Any]:
    """The main facts of the company, null for a key that may not read companies."""
    names = ("name", "typology", "country", "region", "city", "website", "employees")
    found = partners_companies(actor=actor, partners=rows)
    return {key: {"id": c.public_id} | {name: getattr(c, name) for name in names} for key, c in found.items()}


class PartnerViewSet(ListMixin, RetrieveMixin, HistoryMixin, CreateMixin, UpdateMixin, ScopedViewSet):
    """Partners: companies we have a relationship with."""

    resource, prefix = "partners", "partner"
    label = _("Partners")
    serializer_class = PartnerSerializer
    request_serializers = {"create": NewPartnerSerializer, "advance": AdvanceSerializer, "candidates": ConvertSerializer}
    response_serializers = {"candidates": ConvertedSerializer}
    permissions = {
        "list": "partners.partner:view",
        "retrieve": "partners.partner:view",
        "create": "partners.partner:create",
        "update": "partners.partner:edit",
        "partial_update": "partners.partner:edit",
        "advance": "partners.partner:advance",
        "take_back": "partners.partner:advance",
        "candidates": "partners.partner:create",
    }
    sentences = {
        "list": "Partners and candidates, newest first.",
        "retrieve": "One partner, with where it may move from here.",
        "create": "Makes a company a candidate, or an active partner when it sells already. Needs companies:read as well.",
        "update": "All that may be set of a partner; its place in life only moves by advance.",
        "partial_update": "Changes what is named; another account manager is for channel directors.",
    }
    filters = (
        Filter("lifecycle", Kind.CHOICE, choices=Lifecycle.values),
        Filter("company", Kind.ID, "company_id", prefix="company"),
        Filter("account_manager", Kind.ID, "account_manager_id", prefix="person"),
        code_filter("territory", "territories", is_column=False, help="Code of a territory that the partner serves."),
        Filter("tier_code", Kind.TEXT),
        Filter("lifecycle_since", Kind.MOMENT),
        Filter("created_at", Kind.MOMENT),
        Filter("updated_at", Kind.MOMENT),
    )
    sorts = {
        "created_at": ("created_at", "id"),
        "lifecycle_since": ("lifecycle_since", "id"),
        "updated_at": ("updated_at", "id"),
    }
    default_sort = "-created_at"
    searchable = True
    expandable = {"company": expand_company, "managers": expand_managers, "moves": expand_moves}

    def rows(self, query: ListQuery) -> QuerySet[Partner]:
        return partner_list(actor=self.actor, q=query.q, territory=query.values("territory"))

    def find(self, key: UUID) -> Partner:
        return partner_get(actor=self.actor, partner_id=key)

    def create_one(self, data: dict[str, Any]) -> Partner:
        company, lifecycle, reason = data.pop("company_id"), data.pop("lifecycle"), data.pop("reason")
        made = partner_create(actor=self.actor, company_id=company, lifecycle=lifecycle, reason=reason, values=data)
        return self.find(made.pk)

    def change_one(self, record: Partner, data: dict[str, Any], *, partial: bool) -> Partner:
        partner_edit(actor=self.actor, partner_id=record.pk, values=data)
        return self.find(record.pk)

    @action(detail=True, methods=["post"])
    def advance(self, request: Request, id: str) -> Response:
        """Moves the partner along its life: only where ``allowed_moves`` says; 409 otherwise."""
        data = self.body()
        partner_advance(actor=self.actor, partner_id=self.record().pk, to=data["to"], reason=data["reason"])
        return self.answer(self.record())

    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, id: str) -> Response:
        """Takes its last step back, within 24 hours: it stands where it stood before. 409 later, and when there is no such step."""
        self.body(serializer=EmptySerializer)
        partner_take_back(actor=self.actor, partner_id=self.record().pk)
        return self.answer(self.record())

    @action(detail=False, methods=["post"])
    def candidates(self, request: Request) -> Response:
        """Makes candidates of many companies in one act, with its reason; partners and archived companies stay as they are. Needs
        companies:read as well."""
        data = self.body(serializer=ConvertSerializer)
        made = candidates_create(actor=self.actor, company_ids=data["companies"], reason=data["reason"])
        return Response(ConvertedSerializer(made).data)
