"""Reading the catalogue: our products in families, and the vendors that companies carry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.names import named
from prm.partners.models import Product, ProductFamily, Vendor


def product_list(*, actor: Actor, q: str = "", archived: bool = False) -> QuerySet[Product]:
    """Products, with their family; by the beginning of a word of the name. Raises Denied."""
    authorize(actor, "partners.product:view")
    return _named(Product.objects.visible_to(actor).select_related("family"), q, archived)


def product_get(*, actor: Actor, product_id: UUID) -> Product:
    """One product, archived or not. Raises NotFound, Denied."""
    authorize(actor, "partners.product:view")
    product: Product = Product.objects.visible_to(actor).select_related("family").one(product_id)
    return product


def family_list(*, actor: Actor, q: str = "", archived: bool = False) -> QuerySet[ProductFamily]:
    """Product families, likewise."""
    authorize(actor, "partners.product_family:view")
    return _named(ProductFamily.objects.visible_to(actor), q, archived)


def family_get(*, actor: Actor, family_id: UUID) -> ProductFamily:
    """One family. Raises NotFound, Denied."""
    authorize(actor, "partners.product_family:view")
    family: ProductFamily = ProductFamily.objects.visible_to(actor).one(family_id)
    return family


def vendor_list(*, actor: Actor, q: str = "", archived: bool = False) -> QuerySet[Vendor]:
    """Vendors that companies carry: ours, competing, complementary. Raises Denied."""
    authorize(actor, "partners.vendor:view")
    return _named(Vendor.objects.visible_to(actor), q, archived)


def vendor_get(*, actor: Actor, vendor_id: UUID) -> Vendor:
    """One vendor. Raises NotFound, Denied."""
    authorize(actor, "partners.vendor:view")
    vendor: Vendor = Vendor.objects.visible_to(actor).one(vendor_id)
    return vendor


def _named(rows: QuerySet[Any], q: str, archived: bool) -> QuerySet[Any]:
    rows = rows.filter(archived_at__isnull=not archived)
    return named(rows, q)
