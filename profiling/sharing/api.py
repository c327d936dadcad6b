"""``/api/v1/studies/{id}/specialists``: which outside specialists see a study, and until when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from prm.accounts.selectors.guests import Guest
from prm.api.fields import FlagField, MomentField, PublicIdField, TextField, TypeIdField
from prm.api.query import ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import CreateMixin, DeleteMixin, ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.core.keyset import KeysetPage
from profiling.sharing.selectors_specialists import specialist_get, specialist_rows, specialists_behind
from profiling.sharing.services_specialists import specialist_admit, specialist_end


class UntilSerializer(ApiSerializer):
    """Until when a specialist sees the study."""

    until = MomentField(
        required=False, allow_null=True, default=None, help_text="When they see it no more; null: without end."
    )

    example_request = {"until": "2026-09-30T22:00:00Z"}


class SpecialistSerializer(UntilSerializer):
    """A specialist who was let in to a study. Whoever is none yet is invited at ``/invitations``, to studies of your choice."""

    id = PublicIdField("person")
    person = TypeIdField("person", source="person_id", help_text="Somebody who comes in as a specialist.")
    name = TextField(read_only=True)
    email = TextField(read_only=True)
    is_over = FlagField(read_only=True, help_text="Whether the study is closed to them by now.")

    example_request = {"person": "person_01h455vb4pex5vsknk084sn02q", "until": "2026-09-30T22:00:00Z"}
    example = {
        "id": "person_01h455vb4pex5vsknk084sn02q", **example_request, "name": "Iva Nováková",
        "email": "iva.novakova@institute.example", "is_over": False,
    }  # fmt: skip


class SpecialistViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DeleteMixin, ScopedViewSet):
    """Who outside sees one study."""

    resource, prefix, address = "study-specialists", "person", "studies/<str:study_id>/specialists"
    label = _("Specialists of a study")
    parents = {"study_id": "study"}
    serializer_class = SpecialistSerializer
    request_serializers = {"update": UntilSerializer, "partial_update": UntilSerializer}
    permissions = dict.fromkeys(
        ["list", "retrieve", "create", "update", "partial_update", "destroy"], "profiling.publication:share"
    )
    sentences = {
        "list": "Specialists who were let in to the study, by name, also until a moment that is over. Needs persons:read as well.",
        "retrieve": "One of them.",
        "create": "Lets somebody in who comes in as a specialist already; they are told by mail. Needs persons:read as well.",
        "update": "Says until when they see it.",
        "partial_update": "Says until when they see it.",
        "destroy": "Closes the study to them at once. If-Match is honoured when sent.",
    }
    sorts = {"name": ("name_key", "id")}
    default_sort = "name"
    searchable = True

    def list_page(self, query: ListQuery) -> KeysetPage:
        above = self.parent("study_id")
        page = self.page_of(specialist_rows(actor=self.actor, study_id=above, q=query.q), query)
        return replace(page, rows=specialists_behind(actor=self.actor, study_id=above, people=page.rows))

    def record(self, *, locked: bool = False) -> Guest:
        return specialist_get(actor=self.actor, study_id=self.parent("study_id"), person_id=self.kwargs["id"])

    def create_one(self, data: dict[str, Any]) -> Guest:
        return self._admit(data["person_id"], data)

    def change_one(self, record: Guest, data: dict[str, Any], *, partial: bool) -> Guest:
        return self._admit(record.person_id, {"until": record.until, **data})

    def remove_one(self, record: Guest) -> None:
        specialist_end(actor=self.actor, study_id=self.parent("study_id"), person_id=record.person_id)

    def _admit(self, person_id: UUID, data: dict[str, Any]) -> Guest:
        above = self.parent("study_id")
        specialist_admit(actor=self.actor, study_id=above, person_id=person_id, until=data.get("until"))
        return specialist_get(actor=self.actor, study_id=above, person_id=person_id)


router.register(SpecialistViewSet)
