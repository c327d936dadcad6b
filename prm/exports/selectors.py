"""Reading exports: the list, one of them, and which a job prepares."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.exports.models import Export


def export_list(*, actor: Actor, mine: bool = False, q: str = "", sources: tuple[str, ...] = ()) -> QuerySet[Export]:
    """Exports that the actor sees, newest first."""
    rows = Export.objects.visible_to(actor).select_related("job")
    if mine:
        rows = rows.filter(owner_id=actor.user_id, owner_id__isnull=False)
    if sources:
        rows = rows.filter(source__in=sources)
    if q:
        rows = rows.filter(title__icontains=q[:100])
    return rows.order_by("-created_at", "-id")


def export_get(*, actor: Actor, export_id: UUID | str, verb: str = "view") -> Export:
    """One export by key or TypeID, among those on which the actor may do ``verb``. Raises NotFound."""
    export: Export = Export.objects.visible_to(actor, verb).select_related("job").one(export_id)
    return export
