"""Reading the small tables by kind, for their pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.names import begins_a_word
from prm.core.text import text_key
from prm.partners.catalogue import KINDS, Kind
from prm.partners.models import OfferCategory, ProductFamily, Territory, TerritoryArea, Vendor
from prm.partners.models.market import Named


def records(*, actor: Actor, kind: Kind, q: str = "", archived: bool = False) -> QuerySet[Any]:
    """Records of a kind by the beginnings of words of their names, or by what stands in their names in the actor's language,
    with what they lie in. Raises Denied."""
    authorize(actor, f"{kind.policy}:view")
    rows = kind.model.objects.visible_to(actor).filter(archived_at__isnull=not archived)
    theirs = f"names__{actor.language[:2]}__icontains"
    for word in text_key(q).split():
        rows = rows.filter(begins_a_word(word) | Q(**{theirs: q.strip()}))
    above = [name for name in ("parent", "family") if name in kind.fields]
    return rows.select_related(*above) if above else rows


def record_list(*, actor: Actor, kind: Kind, q: str = "", archived: bool = False) -> QuerySet[Any]:
    """``records`` with the figure that their list shows (``used``: companies that carry a vendor or offer a category, products of a
    family, areas of a territory), which is counted over all companies. Raises Denied."""
    rows = records(actor=actor, kind=kind, q=q, archived=archived)
    if kind.model is Vendor:
        return rows.annotate(used=Count("carried_by"))
    if kind.model is OfferCategory:
        return rows.annotate(used=Count("offered_by", distinct=True))
    if kind.model is ProductFamily:
        return rows.annotate(used=Count("products"))
    return rows.annotate(used=Count("areas")) if kind.model is Territory else rows


def territory_list(*, actor: Actor, q: str = "", archived: bool = False) -> QuerySet[Territory]:
    """Territories likewise, with the ``covered`` areas of each. One query besides. Raises Denied."""
    rows = records(actor=actor, kind=KINDS["territories"], q=q, archived=archived)
    areas = TerritoryArea.objects.visible_to(actor)
    return rows.prefetch_related(Prefetch("areas", queryset=areas, to_attr="covered"))


def territory_get(*, actor: Actor, territory_id: UUID) -> Territory:
    """One territory, archived or not, with its ``covered`` areas. Raises NotFound, Denied."""
    territory = record_get(actor=actor, kind=KINDS["territories"], record_id=territory_id)
    assert isinstance(territory, Territory)
    territory.covered = list(TerritoryArea.objects.visible_to(actor).filter(territory_id=territory.pk))  # type: ignore[attr-defined]
    return territory


def record_get(*, actor: Actor, kind: Kind, record_id: UUID) -> Named:
    """One record, archived or not. Raises NotFound, Denied."""
    authorize(actor, f"{kind.policy}:view")
    record: Named = kind.model.objects.visible_to(actor).one(record_id)
    return record


def record_values(*, actor: Actor, kind: Kind, record: Named) -> dict[str, Any]:
    """What the form of a record starts with: references as codes, areas as lines of text."""
    values: dict[str, Any] = {"name": record.name, "name_fr": record.names.get("fr", ""), "code": record.code}
    for field in kind.fields:
        if field == "areas":
            areas = TerritoryArea.objects.visible_to(actor).filter(territory_id=record.pk)
            pairs = areas.values_list("country", "region")
            values["areas"] = "\n".join(f"{country}: {region}" if region else country for country, region in pairs)
        elif field in ("parent", "family"):
            other = getattr(record, field)
            values[field] = other.code if other else ""
        else:
            values[field] = getattr(record, field)
    return values


def known_codes(*, actor: Actor, kind: Kind, codes: Sequence[str]) -> set[str]:
    """Which of some codes a small table has, archived or not; all of them for those who may not read it, who learn nothing by it."""
    if not actor.may(f"{kind.policy}:view"):
        return set(codes)
    return set(kind.model.objects.visible_to(actor).filter(code__in=codes).values_list("code", flat=True))


def code_choices(*, actor: Actor, model: type[Named]) -> list[tuple[str, str]]:
    """(code, name) of the living records of a small table."""
    rows = model.objects.visible_to(actor).filter(archived_at__isnull=True).order_by("name_key")
    return [(row.code, row.name_in(actor.language)) for row in rows]
