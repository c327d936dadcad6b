"""Reading target lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.core.errors import NotFound
from prm.core.ids import typeid_decode
from prm.core.text import text_key
from profiling.targets.models import TargetList, TargetListEntry


def target_list_list(*, actor: Actor, q: str = "", archived: bool = False) -> QuerySet[TargetList]:
    """Lists, the last touched first, with ``size``, how many companies each holds."""
    lists = TargetList.objects.visible_to(actor).filter(archived_at__isnull=not archived).select_related("owner")
    for word in text_key(q).split():
        lists = lists.filter(name_key__contains=word)
    return lists.annotate(size=Count("entries")).order_by("-updated_at", "-id")


def target_list_get(*, actor: Actor, list_id: UUID | str) -> TargetList:
    """One list by key or TypeID, with its ``size``. Raises NotFound."""
    return _get(
        TargetList.objects.visible_to(actor).select_related("owner").annotate(size=Count("entries")), "targets", list_id
    )


def target_list_choices(*, actor: Actor, limit: int = 50) -> list[TargetList]:
    """The lists that something may be added to now, the last touched first."""
    return list(
        TargetList.objects.visible_to(actor, "edit").filter(archived_at__isnull=True).order_by("-updated_at", "-id")[:limit]
    )


def entry_list(*, actor: Actor, target_list: TargetList, q: str = "") -> QuerySet[TargetListEntry]:
    """A list's companies in the order in which they were added."""
    entries = TargetListEntry.objects.visible_to(actor).filter(target_list=target_list)
    for word in text_key(q).split():
        entries = entries.filter(company__name_key__contains=word)
    return entries.select_related("company", "company__partner", "run__study", "added_by").order_by("id")


def entry_page(
    *, actor: Actor, target_list: TargetList, after: UUID | None = None, limit: int = 25, q: str = ""
) -> tuple[list[TargetListEntry], bool]:
    """Entries beyond ``after``, at most ``limit``, and whether more follow."""
    entries = entry_list(actor=actor, target_list=target_list, q=q)
    if after is not None:
        entries = entries.filter(pk__gt=after)
    found = list(entries[: limit + 1])
    return found[:limit], len(found) > limit


def entry_get(*, actor: Actor, target_list: TargetList, entry_id: UUID | str) -> TargetListEntry:
    """One entry of a list. Raises NotFound."""
    return _get(entry_list(actor=actor, target_list=target_list), TargetListEntry.typeid_prefix, entry_id)


def companies_on_lists(*, actor: Actor, company_ids: list[UUID]) -> dict[UUID, list[str]]:
    """Company → names of the lists that hold it."""
    rows = TargetListEntry.objects.visible_to(actor).filter(company_id__in=company_ids, target_list__archived_at__isnull=True)
    found: dict[UUID, list[str]] = {}
    for company_id, name in rows.values_list("company_id", "target_list__name"):
        found.setdefault(company_id, []).append(name)
    return found


def _get(queryset: QuerySet[Any], prefix: str, key: UUID | str) -> Any:
    try:
        key = typeid_decode(prefix, key) if isinstance(key, str) else key
    except ValueError:
        key = UUID(int=0)
    found = queryset.filter(pk=key).first()
    if found is None:
        raise NotFound("not_found", _("This does not exist, or is not yours to see."))
    return found
