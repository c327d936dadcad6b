"""``/api/v1/target-lists`` and their companies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import FlagField, MomentField, MoneyField, NumberField, PublicIdField, TextField, TypeIdField, WholeField
from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import CreateMixin, ListMixin, NestedList, RetrieveMixin, UpdateMixin
from prm.core.money import reporting_currency
from profiling.studies.selectors import results_of_companies, run_get
from profiling.targets.models import TargetList, TargetListEntry
from profiling.targets.selectors import entry_list, target_list_get, target_list_list
from profiling.targets.services import (
    Taken,
    Wanted,
    target_list_archive,
    target_list_create,
    target_list_merge,
    target_list_update,
    target_update,
    targets_add,
    targets_remove,
    targets_restore,
    targets_take,
)


class TargetListSerializer(ApiSerializer):
    """A named list of companies to recruit."""

    id = PublicIdField("target_list")
    name = TextField(max_length=200)
    note = TextField(required=False, allow_blank=True, max_length=5000)
    size = WholeField(read_only=True)
    owner = TypeIdField("person", source="owner_id", read_only=True, allow_null=True)
    is_archived = serializers.SerializerMethodField()
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "target_list_01h455vb4pex5vsknk084sn02q",
        "name": "West, autumn",
        "note": "",
        "size": 25,
        "owner": "person_01h455vb4pex5vsknk084sn02q",
        "is_archived": False,
        "created_at": "2026-05-18T12:00:00Z",
        "updated_at": "2026-05-18T12:02:00Z",
    }
    example_request = {"name": "West, autumn"}

    @extend_schema_field({"type": "boolean"})
    def get_is_archived(self, target_list: TargetList) -> bool:
        return target_list.archived_at is not None


class EntrySerializer(ApiSerializer):
    """A company on a list, with the run and the figures that proposed it."""

    id = PublicIdField("target")
    company = TypeIdField("company", source="company_id", read_only=True)
    company_name = TextField(source="company.name", read_only=True)
    run = TypeIdField("run", source="run_id", read_only=True, allow_null=True)
    resemblance = NumberField(source="score", read_only=True, allow_null=True, help_text="Out of 100, when it was added.")
    potential = serializers.SerializerMethodField(
        help_text="P50 in the run that proposed it, in the installation's currency."
    )
    reason = TextField(read_only=True)
    added_by = TypeIdField("person", source="added_by_id", read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)

    example = {
        "id": "target_01h455vb4pex5vsknk084sn02q",
        "company": "company_01h455vb4pex5vsknk084sn02q",
        "company_name": "Isère Cloud",
        "run": "run_01h455vb4pex5vsknk084sn02q",
        "resemblance": 82.2,
        "potential": {"amount": "412000.00", "currency": "EUR"},
        "reason": "",
        "added_by": "person_01h455vb4pex5vsknk084sn02q",
        "created_at": "2026-05-18T12:05:00Z",
    }

    @extend_schema_field(MoneyField(allow_null=True))
    def get_potential(self, entry: TargetListEntry) -> dict[str, str] | None:
        return None if entry.potential is None else {"amount": f"{entry.potential:.2f}", "currency": reporting_currency()}


class EntriesAddSerializer(ApiSerializer):
    """Companies to add; with ``run`` their figures in that run are kept beside them."""

    companies = serializers.ListField(child=TypeIdField("company"), min_length=1, max_length=500)
    run = TypeIdField("run", required=False, allow_null=True)
    reason = TextField(required=False, allow_blank=True, max_length=500)

    example_request = {"companies": ["company_01h455vb4pex5vsknk084sn02q"], "reason": "Alike and near"}


class AddedSerializer(ApiSerializer):
    """How many were new."""

    added = WholeField(read_only=True)

    example = {"added": 1}


class EntriesRemoveSerializer(ApiSerializer):
    """Entries to take off."""

    entries = serializers.ListField(child=TypeIdField("target"), min_length=1, max_length=500)

    example_request = {"entries": ["target_01h455vb4pex5vsknk084sn02q"]}


class RemovedSerializer(ApiSerializer):
    """How many were taken off, and when: by that instant they are put back."""

    removed = WholeField(read_only=True)
    removed_at = MomentField(read_only=True, allow_null=True)

    example = {"removed": 1, "removed_at": "2026-05-18T12:05:00.123456Z"}


class PutBackSerializer(ApiSerializer):
    """The instant that taking off, or moving, answered."""

    removed_at = MomentField()

    example_request = {"removed_at": "2026-05-18T12:05:00.123456Z"}


class RestoredSerializer(ApiSerializer):
    """How many are on the list again."""

    restored = WholeField(read_only=True)

    example = {"restored": 1}


class EntryReasonSerializer(ApiSerializer):
    """Why a company is on the list."""

    entry = TypeIdField("target")
    reason = TextField(allow_blank=True, max_length=500)

    example_request = {"entry": "target_01h455vb4pex5vsknk084sn02q", "reason": "Alike and near"}


class EntriesTakeSerializer(ApiSerializer):
    """Entries for another list; ``move`` takes them off this one."""

    entries = serializers.ListField(child=TypeIdField("target"), min_length=1, max_length=500)
    to = TypeIdField("target_list")
    move = FlagField(default=False)

    example_request = {"entries": ["target_01h455vb4pex5vsknk084sn02q"], "to": "target_list_01h455vb4pex5vsknk084sn02q"}


class MergeSerializer(ApiSerializer):
    """Where everything goes."""

    into = TypeIdField("target_list")

    example_request = {"into": "target_list_01h455vb4pex5vsknk084sn02q"}


class TakenSerializer(ApiSerializer):
    """How many were new there, how many it held already, and when they left this list; null where they did not."""

    added = WholeField(read_only=True)
    known = WholeField(read_only=True)
    removed_at = MomentField(read_only=True, allow_null=True)

    example = {"added": 1, "known": 0, "removed_at": None}


class TargetListViewSet(ListMixin, RetrieveMixin, HistoryMixin, CreateMixin, UpdateMixin):
    """Target lists."""

    resource, prefix = "target-lists", "target_list"
    label = _("Target lists")
    serializer_class = TargetListSerializer
    permissions = {
        "list": "profiling.target_list:view",
        "retrieve": "profiling.target_list:view",
        "create": "profiling.target_list:create",
        "update": "profiling.target_list:edit",
        "partial_update": "profiling.target_list:edit",
        "archive": "profiling.target_list:archive",
        "restore": "profiling.target_list:archive",
        "entries": "profiling.target_list:view",
        "add_entries": "profiling.target_list:edit",
        "remove": "profiling.target_list:edit",
        "put_back": "profiling.target_list:edit",
        "explain": "profiling.target:edit",
        "take": "profiling.target_list:edit",
        "merge": "profiling.target_list:archive",
    }
    filters = (
        Filter("archived", Kind.FLAG, is_column=False, help="The archived ones instead of the others."),
        Filter("created_at", Kind.MOMENT),
    )
    sorts = {"updated_at": ("updated_at",), "created_at": ("created_at",)}
    default_sort = "-updated_at"
    searchable = True
    lists = {"entries": NestedList(EntrySerializer, sorts={"id": ("id",)}, default_sort="id", searchable=True)}

    def rows(self, query: ListQuery) -> QuerySet[Any]:
        return target_list_list(actor=self.actor, q=query.q, archived=query.value("archived", default=False))

    def find(self, key: UUID) -> TargetList:
        return target_list_get(actor=self.actor, list_id=key)

    def create_one(self, data: dict[str, Any]) -> TargetList:
        made = target_list_create(actor=self.actor, name=data["name"], note=data.get("note", ""))
        return self.find(made.pk)

    def change_one(self, record: TargetList, data: dict[str, Any], *, partial: bool) -> TargetList:
        note = data.get("note") if partial else data.get("note", "")
        target_list_update(actor=self.actor, list_id=record.pk, name=data.get("name"), note=note)
        return self.find(record.pk)

    @extend_schema(request=None, responses=TargetListSerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: str) -> Response:
        """Puts it away."""
        return self.answer(target_list_archive(actor=self.actor, list_id=self.record().pk))

    @extend_schema(request=None, responses=TargetListSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:
        """Brings it back."""
        return self.answer(target_list_archive(actor=self.actor, list_id=self.record().pk, restore=True))

    @action(detail=True, methods=["get"])
    def entries(self, request: Request, id: str) -> Response:
        """Its companies in the order in which they were added."""
        query = self.nested_query()
        return self.nested(entry_list(actor=self.actor, target_list=self.record(), q=query.q), query)

    @extend_schema(request=EntriesAddSerializer, responses={200: AddedSerializer})
    @entries.mapping.post
    def add_entries(self, request: Request, id: str) -> Response:
        """Adds companies; those on the list already stay as they are."""
        data = self.body(serializer=EntriesAddSerializer)
        run = run_get(actor=self.actor, run_id=data["run"]) if data.get("run") else None
        rows = results_of_companies(actor=self.actor, run=run, company_ids=data["companies"]) if run else {}
        wanted = [
            Wanted(key, getattr(rows.get(key), "score", None), getattr(rows.get(key), "p50", None))
            for key in data["companies"]
        ]
        added = targets_add(actor=self.actor, list_id=self.record().pk, wanted=wanted, run=run, reason=data.get("reason", ""))
        return Response({"added": added})

    @extend_schema(request=EntriesRemoveSerializer, responses={200: RemovedSerializer})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, id: str) -> Response:
        """Takes entries off the list."""
        data = self.body(serializer=EntriesRemoveSerializer)
        removed, moment = targets_remove(actor=self.actor, list_id=self.record().pk, entry_ids=data["entries"])
        return Response(RemovedSerializer({"removed": removed, "removed_at": moment if removed else None}).data)

    @extend_schema(request=PutBackSerializer, responses={200: RestoredSerializer})
    @action(detail=True, methods=["post"], url_path="put-back")
    def put_back(self, request: Request, id: str) -> Response:
        """Undoes taking off or moving: what left the list at that instant is on it again, unless it is there already."""
        moment = self.body(serializer=PutBackSerializer)["removed_at"]
        restored = targets_restore(actor=self.actor, list_id=self.record().pk, removed_at=moment)
        return Response({"restored": restored})

    @extend_schema(request=EntryReasonSerializer, responses={200: EntrySerializer})
    @action(detail=True, methods=["post"])
    def explain(self, request: Request, id: str) -> Response:
        """Says why a company is on the list."""
        data = self.body(serializer=EntryReasonSerializer)
        entry = target_update(actor=self.actor, list_id=self.record().pk, entry_id=data["entry"], reason=data["reason"])
        return Response(EntrySerializer(entry, context={"request": request}).data)

    @extend_schema(request=EntriesTakeSerializer, responses={200: TakenSerializer})
    @action(detail=True, methods=["post"])
    def take(self, request: Request, id: str) -> Response:
        """Copies or moves entries to another list; what it holds already stays as it is there."""
        data = self.body(serializer=EntriesTakeSerializer)
        taken = targets_take(
            actor=self.actor, list_id=self.record().pk, to_list_id=data["to"], entry_ids=data["entries"], is_move=data["move"]
        )
        return Response(_taken(taken))

    @extend_schema(request=MergeSerializer, responses={200: TakenSerializer})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, id: str) -> Response:
        """Moves everything to another list and archives this one."""
        data = self.body(serializer=MergeSerializer)
        taken = target_list_merge(actor=self.actor, list_id=self.record().pk, into_id=data["into"])
        return Response(_taken(taken))


def _taken(taken: Taken) -> dict[str, Any]:
    return dict(TakenSerializer({"added": taken.new, "known": taken.known, "removed_at": taken.removed_at}).data)


router.register(TargetListViewSet)
