"""Reads of the vendor's home: imports that wait for somebody."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from prm.access.actors import Actor
from prm.imports.models import ImportBatch, ImportState


def imports_waiting(*, actor: Actor, person_id: UUID | None = None) -> list[ImportBatch]:
    """Imports that nothing will move but a person: checked and not written, or failed. The oldest first. One query."""
    rows = ImportBatch.objects.visible_to(actor).filter(
        Q(state=ImportState.CHECKED) | Q(state=ImportState.FAILED) | Q(state=ImportState.UPLOADED)
    )
    if person_id is not None:
        rows = rows.filter(owner_id=person_id)
    return list(rows.select_related("owner").order_by("created_at", "id")[:200])
