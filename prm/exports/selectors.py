"""Reading exports: the list, one of them, and which a job prepares."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.core.errors import NotFound
from prm.core.ids import typeid_decode
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
    try:
        key: Any = typeid_decode(Export.typeid_prefix, export_id) if isinstance(export_id, str) else export_id
    except ValueError:
        key = None
    found = Export.objects.visible_to(actor, verb).select_related("job").filter(pk=key).first() if key else None
    if found is None:
        raise NotFound("not_found", _("This does not exist, or is not yours to see."))
    return found
