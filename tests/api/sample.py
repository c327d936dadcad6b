"""A resource that only the checks know: people, with every kind of act that the base offers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.urls import include, path
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.api.fields import FlagField, MomentField, MoneyField, PublicIdField, TextField, WholeField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import ApiRouter
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import CreateMixin, DeleteMixin, ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin, UpsertMixin
from prm.core.errors import Conflict, Fault, Invalid, NotFound

WHO = "accounts.person"


class HumanSerializer(ApiSerializer):
    id = PublicIdField("person")
    name = TextField(max_length=200)
    email = TextField(required=False, default="", allow_blank=True)
    title = TextField(required=False, default="", allow_blank=True, max_length=200)
    age = WholeField(required=False, write_only=True, min_value=0)
    is_friend = FlagField(required=False, write_only=True)
    budget = MoneyField(required=False, write_only=True)
    created_at = MomentField(read_only=True)


def human_colleagues(rows: Sequence[Person], actor: Actor) -> dict[UUID, Any]:
    counts = Person.objects.visible_to(actor).count()
    return {row.pk: {"others": counts - 1} for row in rows}


class HumanViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, UpsertMixin, DeleteMixin, ScopedViewSet):
    resource, prefix = "humans", "person"
    serializer_class = HumanSerializer
    permissions = {
        "list": f"{WHO}:view",
        "retrieve": f"{WHO}:view",
        "create": f"{WHO}:view",
        "update": f"{WHO}:view",
        "partial_update": f"{WHO}:view",
        "upsert": f"{WHO}:view",
        "lookup": f"{WHO}:view",
        "destroy": f"{WHO}:archive",
        "act": f"{WHO}:view",
    }
    filters = (
        Filter("name", Kind.TEXT),
        Filter("created_at", Kind.MOMENT),
        Filter("id", Kind.ID, prefix="person"),
        Filter("has_title", Kind.FLAG, field="title__gt"),
    )
    sorts = {"name": ("name_key",), "created_at": ("created_at",), "archived": ("archived_at",)}
    default_sort = "name"
    searchable = True
    expandable = {"colleagues": human_colleagues}
    sleep: ClassVar[float] = 0

    def rows(self, query: ListQuery) -> QuerySet[Person]:
        rows = Person.objects.visible_to(self.actor)
        return rows.filter(name_key__contains=query.q.lower()) if query.q else rows

    def find(self, key: UUID) -> Person:
        person = Person.objects.visible_to(self.actor).filter(pk=key).first()
        if person is None:
            raise NotFound("not_found", "No such person.")
        return person

    def create_one(self, data: dict[str, Any]) -> Person:
        authorize(self.actor, f"{WHO}:view")
        time.sleep(self.sleep)
        person = Person.objects.create(name=data["name"], email=data["email"], title=data["title"])
        if data["name"] == "Nobody":
            raise Invalid("nobody", "Nobody is not a name.", field="name")
        if data["name"] == "Stranger":
            raise NotFound("no_such_friend", "There is no such friend.", field="name")
        if data["name"] == "Twice Wrong":
            raise Invalid(
                "invalid",
                "Too odd.",
                field="name",
                faults=[Fault("name", "Too odd."), Fault("title", "Too long."), Fault(None, "Not both.")],
            )
        if data["name"] == "Crash":
            raise ZeroDivisionError
        if data.get("budget", (Decimal(0), ""))[0] > 1000:
            raise Conflict("too_rich", "Spend less.")
        return person

    def change_one(self, record: Person, data: dict[str, Any], *, partial: bool) -> Person:
        for name in ("name", "email", "title"):
            if name in data:
                setattr(record, name, data[name])
        record.save()
        return record

    def remove_one(self, record: Person) -> None:
        record.delete()

    def find_external(self, source: str, external_id: str) -> Person | None:
        return Person.objects.visible_to(self.actor).filter(title=f"{source}:{external_id}").first()

    def create_external(self, source: str, external_id: str, data: dict[str, Any]) -> Person:
        return Person.objects.create(name=data["name"], title=f"{source}:{external_id}")

    @action(detail=True, methods=["post"])
    def act(self, request: Request, id: str) -> Response:
        """Does nothing to them."""
        return self.answer(self.record())


sample_router = ApiRouter()
sample_router.register(HumanViewSet)
urlpatterns = [path("api/v1/", include(sample_router.urls)), path("", include("prm.urls"))]
