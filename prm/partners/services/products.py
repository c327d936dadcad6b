"""Writing the catalogue: products, their families, and vendors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Denied, Faults, Invalid
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.partners.events import CatalogueChanged
from prm.partners.models import Product, ProductFamily, Vendor, VendorRelation

N = TypeVar("N", Product, ProductFamily, Vendor)
_NAMED = ("code", "name", "names")
PRICES = ("list_price", "dealer_price", "unit_cost")
#: What each is called in events, and what may be said of it; ``family`` is a code.
_KINDS: Mapping[type[Any], tuple[str, tuple[str, ...]]] = {
    Product: ("product", (*_NAMED, "family", "sku", "line", "currency", *PRICES)),
    ProductFamily: ("product_family", _NAMED),
    Vendor: ("vendor", (*_NAMED, "relation", "website")),
}


@transaction.atomic
def product_create(*, actor: Actor, values: Mapping[str, Any]) -> Product:
    """Adds a product. Prices are in its ``currency``. Publishes CatalogueChanged. Raises Denied, Invalid; Conflict (``code_taken``)."""
    authorize(actor, "partners.product:create")
    return _written(actor, Product(), values, "created")


@transaction.atomic
def product_edit(*, actor: Actor, product_id: UUID, values: Mapping[str, Any]) -> Product:
    """Changes what ``values`` name. Publishes CatalogueChanged. Raises NotFound, Denied, Invalid, Conflict."""
    authorize(actor, "partners.product:edit")
    return _written(actor, _locked(actor, Product, product_id), values, "changed")


@transaction.atomic
def family_create(*, actor: Actor, values: Mapping[str, Any]) -> ProductFamily:
    """Adds a product family; as ``product_create``."""
    authorize(actor, "partners.product_family:create")
    return _written(actor, ProductFamily(), values, "created")


@transaction.atomic
def family_edit(*, actor: Actor, family_id: UUID, values: Mapping[str, Any]) -> ProductFamily:
    """Changes a product family; as ``product_edit``."""
    authorize(actor, "partners.product_family:edit")
    return _written(actor, _locked(actor, ProductFamily, family_id), values, "changed")


@transaction.atomic
def vendor_create(*, actor: Actor, values: Mapping[str, Any]) -> Vendor:
    """Adds a vendor that companies carry; as ``product_create``. What it is to us is said by who may edit vendors."""
    authorize(actor, "partners.vendor:create")
    is_plain = (values.get("relation") or VendorRelation.COMPLEMENTARY) == VendorRelation.COMPLEMENTARY
    if not is_plain and not actor.may("partners.vendor:edit"):
        raise Denied("not_allowed", _("Only a channel director decides what a vendor is to us."), field="relation")
    return _written(actor, Vendor(), values, "created")


@transaction.atomic
def vendor_edit(*, actor: Actor, vendor_id: UUID, values: Mapping[str, Any]) -> Vendor:
    """Changes a vendor, also what it is to us; as ``product_edit``."""
    authorize(actor, "partners.vendor:edit")
    return _written(actor, _locked(actor, Vendor, vendor_id), values, "changed")


def _locked(actor: Actor, model: type[N], key: UUID) -> N:
    found: N = model.objects.visible_to(actor).select_for_update(of=("self",)).one(key)
    return found


def _written(actor: Actor, record: N, values: Mapping[str, Any], act: str) -> N:
    what, known = _KINDS[type(record)]
    former, faults = getattr(record, "currency", None), Faults()
    for name, value in values.items():
        if name not in known:
            faults.add("unknown_field", _("Nothing of this name is kept of it."), field=name)
            continue
        plain: Any = value.strip() if isinstance(value, str) else value
        if isinstance(record, Product) and name == "family":
            with faults.kept():
                record.family = _family(actor, plain)
        elif name == "names":
            record.names = {str(tag): str(text).strip() for tag, text in (plain or {}).items()}
        else:
            setattr(record, name, None if plain == "" and name not in ("code", "name") else plain)
    if isinstance(record, Product):
        _check_prices(record, values, former, faults)
    taken = type(record).objects.visible_to(actor).filter(code=record.code).exclude(pk=record.pk)
    if record.code and taken.exists():
        faults.add("code_taken", _("Another one has this code."), field="code", is_conflict=True)
    with faults.kept():
        validate(record, exclude=["name_key", "family"])
    faults.refuse()
    record.save()
    publish(CatalogueChanged(subject_id=record.pk, what=what, code=record.code, act=act), actor=actor)
    return record


def _family(actor: Actor, code: str | None) -> ProductFamily | None:
    if not code:
        return None
    found: ProductFamily | None = ProductFamily.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise Invalid("unknown_family", _("There is no product family %(code)s.") % {"code": code}, field="family")
    return found


def _check_prices(product: Product, values: Mapping[str, Any], former: str | None, faults: Faults) -> None:
    for name in PRICES:
        price = getattr(product, name)
        if price is not None and price < 0:
            faults.add("negative", _("A price is 0 or more."), field=name)
        if price is not None and not product.currency:
            faults.add("currency_missing", _("Say in which currency the prices are."), field="currency")
    kept = [name for name in PRICES if name not in values and getattr(product, name) is not None]
    if former and product.currency != former and kept:
        faults.add("currency_mixed", _("Its other prices are in %(currency)s.") % {"currency": former}, field=kept[0])
    if all(getattr(product, name) is None for name in PRICES):
        product.currency = None
