"""The small tables that everything else refers to, as kinds: what each is called, asks for and shows. No reading, no markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.partners.models import Industry, OfferCategory, Product, ProductFamily, Territory, Vendor
from prm.partners.models.market import Named


@dataclass(frozen=True)
class Kind:
    """One of the tables. ``policy`` is the name of its policy, ``fields`` what may be said of it beside code and names."""

    slug: str
    model: type[Named]
    policy: str
    label: Any
    one: Any
    fields: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind("vendors", Vendor, "partners.vendor", _("Vendors"), _("vendor"), ("relation", "website")),
        Kind("families", ProductFamily, "partners.product_family", _("Product families"), _("product family")),
        Kind(
            "products", Product, "partners.product", _("Products"), _("product"),
            ("family", "sku", "line", "currency", "list_price", "dealer_price", "unit_cost"),
        ),
        Kind("territories", Territory, "partners.territory", _("Territories"), _("territory"), ("parent", "areas")),
        Kind("industries", Industry, "partners.industry", _("Industries"), _("industry")),
        Kind("offers", OfferCategory, "partners.offer_category", _("Categories of offer"), _("category of offer"), ("parent",)),
    )
}  # fmt: skip


def parse_areas(text: str) -> list[tuple[str, str]]:
    """What a territory covers, one a line: ``FR`` for a country, ``FR: Bretagne`` for a region. ValueError names the line.

    >>> parse_areas("be\\nFR: Bretagne")
    [('BE', ''), ('FR', 'Bretagne')]
    """
    found = []
    for line in text.splitlines():
        country, _colon, region = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if len(country) != 2 or not country.isalpha() or not country.isascii():
            raise ValueError(line.strip())
        found.append((country.upper(), region[:100]))
    return list(dict.fromkeys(found))
