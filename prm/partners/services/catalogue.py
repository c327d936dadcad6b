"""Writing the small tables by kind: products, families and vendors through their own services, territories, industries and
categories of offer here; archiving for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Faults, Invalid
from prm.core.text import text_key
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.partners.catalogue import Kind, parse_areas
from prm.partners.events import CatalogueChanged
from prm.partners.models import Product, ProductFamily, Territory, TerritoryArea, Vendor
from prm.partners.models.market import Named
from prm.partners.selectors.catalogue import record_get
from prm.partners.selectors.staleness import stale_record_words
from prm.partners.services import products

_OWN: dict[type[Named], tuple[Callable[..., Named], Callable[..., Named], str]] = {
    Product: (products.product_create, products.product_edit, "product_id"),
    ProductFamily: (products.family_create, products.family_edit, "family_id"),
    Vendor: (products.vendor_create, products.vendor_edit, "vendor_id"),
}


@transaction.atomic
def record_save(
    *, actor: Actor, kind: Kind, values: Mapping[str, Any], record_id: UUID | None = None, seen: str = ""
) -> Named:
    """Adds a record, or changes the one given. ``values``: code (made from the name when empty), name, names and ``kind.fields``
    (``parent`` and ``family`` by code, ``areas`` as text or as pairs of country and region). ``seen`` is the record's ``updated_at`` (ISO)
    that was looked at. Publishes CatalogueChanged. Raises NotFound, Denied, Invalid; Conflict (``stale_edit`` with who changed it)."""
    if record_id is not None and seen:
        _refuse_stale(actor, kind, record_id, seen)
    plain = {name: value for name, value in values.items() if name in ("code", "name", "names", *kind.fields)}
    plain["code"] = plain.get("code") or text_key(plain.get("name")).replace(" ", "-")[:60]
    if kind.model in _OWN:
        create, edit, key = _OWN[kind.model]
        return create(actor=actor, values=plain) if record_id is None else edit(actor=actor, values=plain, **{key: record_id})
    authorize(actor, f"{kind.policy}:{'create' if record_id is None else 'edit'}")
    record = kind.model() if record_id is None else record_get(actor=actor, kind=kind, record_id=record_id)
    record.code, record.name, record.names = plain["code"], str(plain.get("name") or "").strip(), plain.get("names") or {}
    faults, areas = Faults(), None
    if "parent" in kind.fields:
        with faults.kept():
            record.parent = _parent(actor, kind, record, plain.get("parent"))  # type: ignore[attr-defined]
    if isinstance(record, Territory) and "areas" in plain:
        with faults.kept():
            areas = _areas(plain["areas"] or "")
    if record.code and kind.model.objects.visible_to(actor).filter(code=record.code).exclude(pk=record.pk).exists():
        faults.add("code_taken", _("Another one has this code."), field="code", is_conflict=True)
    with faults.kept():
        validate(record, exclude=["name_key", "parent"])
    faults.refuse()
    record.save()
    if isinstance(record, Territory) and areas is not None:
        _cover(record, areas)
    act = "created" if record_id is None else "changed"
    publish(CatalogueChanged(subject_id=record.pk, what=kind.slug, code=record.code, act=act), actor=actor)
    return record


@transaction.atomic
def record_archive(*, actor: Actor, kind: Kind, record_id: UUID, is_archived: bool) -> Named:
    """Takes a record out of the choices, or brings it back; what refers to it keeps it. Publishes CatalogueChanged."""
    authorize(actor, f"{kind.policy}:archive")
    record = record_get(actor=actor, kind=kind, record_id=record_id)
    if (record.archived_at is not None) != is_archived:
        record.archived_at = timezone.now() if is_archived else None
        record.save(update_fields=["archived_at", "updated_at"])
        act = "archived" if is_archived else "restored"
        publish(CatalogueChanged(subject_id=record.pk, what=kind.slug, code=record.code, act=act), actor=actor)
    return record


def _refuse_stale(actor: Actor, kind: Kind, record_id: UUID, seen: str) -> None:
    record: Named = kind.model.objects.visible_to(actor, "edit").select_for_update(of=("self",)).one(record_id)
    if record.updated_at.isoformat() != seen:
        raise Conflict("stale_edit", stale_record_words(actor=actor, record=record, seen=seen))


def _parent(actor: Actor, kind: Kind, record: Named, code: Any) -> Named | None:
    if not code:
        return None
    found: Named | None = kind.model.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise Invalid("unknown_parent", _("There is no %(code)s.") % {"code": code}, field="parent")
    at: Any = found
    while at is not None:
        if at.pk == record.pk:
            raise Invalid("parent_within", _("It cannot lie within itself."), field="parent")
        at = at.parent
    return found


def _areas(said: str | Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    text = said if isinstance(said, str) else "\n".join(f"{country}: {' '.join(region.split())}" for country, region in said)
    try:
        return list(parse_areas(text))
    except ValueError as error:
        message = _("“%(line)s” is no area: write FR, or FR: Bretagne.") % {"line": error}
        raise Invalid("not_area", message, field="areas") from error


def _cover(territory: Territory, wanted: Sequence[tuple[str, str]]) -> None:
    kept = {(area.country, area.region_key): area for area in territory.areas.all()}
    for country, region in wanted:
        if kept.pop((country, text_key(region)), None) is None:
            TerritoryArea.objects.create(territory=territory, country=country, region=region)
    for area in kept.values():
        area.delete()
