"""Reading order lines: what partners bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.text import text_key
from prm.partners.models import FactSource, Product, ProductFamily, Sale


def sale_list(*, actor: Actor, family: Sequence[str] = ()) -> QuerySet[Sale]:
    """Order lines that ``actor`` sees, narrowed to codes of product families where given. Raises Denied."""
    authorize(actor, "partners.sale:view")
    rows = Sale.objects.visible_to(actor)
    return rows.filter(product__family__code__in=list(family)) if family else rows


def sales_shown(*, actor: Actor, q: str = "", filters: Mapping[str, Any] | None = None) -> QuerySet[Sale]:
    """Order lines as their list shows them, by the beginning of an order's number. ``filters``: partner, product, family, source (tuples
    of ids or codes), company (the beginnings of words of the partner), sold (from, to). Raises Denied."""
    filters = filters or {}
    rows = sale_list(actor=actor, family=filters.get("family", ())).select_related("partner__company", "product__family")
    for key, column in (("partner", "partner_id"), ("product", "product__code"), ("source", "source_key")):
        if key in filters:
            rows = rows.filter(**{f"{column}__in": filters[key]})
    for word in text_key(filters.get("company", "")).split():
        rows = rows.filter(partner__company__search_key__contains=f" {word}")
    low, high = filters.get("sold", (None, None))
    if low:
        rows = rows.filter(sold_on__gte=low)
    if high:
        rows = rows.filter(sold_on__lte=high)
    return rows.filter(order_number__startswith=q.strip()) if q.strip() else rows


@dataclass(frozen=True, slots=True)
class SalesTotal:
    """What order lines add up to in the reporting currency, and how many of them have no rate."""

    lines: int
    amount: Decimal
    without_rate: int


def sales_total(*, actor: Actor, rows: QuerySet[Sale]) -> SalesTotal:
    """The total of ``rows``. One query. Raises Denied."""
    authorize(actor, "partners.sale:view")
    found = rows.order_by().aggregate(
        n=Count("id"), total=Sum("amount_reporting"), none=Count("id", filter=Q(amount_reporting=None))
    )
    return SalesTotal(found["n"], found["total"] or Decimal(), found["none"])


def sale_choices(*, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """What the filters of order lines offer: products, families and sources. Three small queries."""
    authorize(actor, "partners.sale:view")
    products = Product.objects.visible_to(actor).filter(archived_at__isnull=True).order_by("name_key")
    families = ProductFamily.objects.visible_to(actor).filter(archived_at__isnull=True).order_by("name_key")
    sources = FactSource.objects.visible_to(actor).filter(pk__in=_sources(actor)).order_by("name")
    return {
        "product": [(product.code, product.name_in(actor.language)) for product in products[:500]],
        "family": [(family.code, family.name_in(actor.language)) for family in families],
        "source": sorted({(key.partition(":")[2] or key, name) for key, name in sources.values_list("key", "name")}),
    }


def _sources(actor: Actor) -> QuerySet[Any]:
    return Sale.objects.visible_to(actor).filter(source__isnull=False).order_by().values("source").distinct()


def sale_get(*, actor: Actor, sale_id: UUID) -> Sale:
    """One order line. Raises NotFound, Denied."""
    authorize(actor, "partners.sale:view")
    sale: Sale = Sale.objects.visible_to(actor).one(sale_id)
    return sale
