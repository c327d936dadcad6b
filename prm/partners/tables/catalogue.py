"""How the small tables are listed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from prm.core.money import reporting_currency
from prm.partners.catalogue import Kind
from prm.partners.models import VendorRelation
from prm.ui import formats, marks
from prm.ui.filters import FlagFilter
from prm.ui.tables import Column, ListSpec

_RELATION_TONE = {VendorRelation.OURS: "us", VendorRelation.COMPETING: "them"}
_USED = {
    "vendors": _("Companies carrying it"),
    "offers": _("Companies offering it"),
    "families": _("Products"),
    "territories": _("Areas"),
}


def record_spec(kind: Kind) -> ListSpec:
    """Name with its code where that says more, what the kind is about, and how much refers to it."""

    def name_cell(record: Any) -> SafeString:
        url = reverse("vendor:partners:catalogue-edit", args=[kind.slug, record.public_id])
        return marks.named(url, record.label, "" if slugify(record.name) == record.code else record.code)

    columns = [Column(key="name", label=_("Name"), cell=name_cell, sort="name_key", locked=True, phone="name")]
    if kind.slug == "vendors":
        columns.append(Column(key="relation", label=_("What it is to us"), cell=_relation, phone="meta"))
    if kind.slug == "products":
        columns += [
            Column(key="family", label=_("Family"), cell=lambda r: r.family.label if r.family else None, phone="meta"),
            Column(key="line", label=_("Line"), cell=lambda r: r.line, shown=False),
            Column(key="price", label=_("List price"), numeric=True, phone="figure", cell=_price),
        ]
    if "parent" in kind.fields:
        columns.append(
            Column(key="parent", label=_("Lies within"), cell=lambda r: r.parent.label if r.parent else "–", phone="meta")
        )
    if kind.slug in _USED:
        columns.append(
            Column(key="used", label=_USED[kind.slug], numeric=True, phone="figure", cell=lambda r: formats.number(r.used))
        )
    return ListSpec(
        name=kind.slug, sort="name_key", search=_("Name"), columns=tuple(columns),
        filters=(FlagFilter(key="archived", label=_("Archived")),),
    )  # fmt: skip


def _relation(vendor: Any) -> SafeString:
    relation = VendorRelation(vendor.relation)
    return marks.tag(relation.label, _RELATION_TONE.get(relation, ""))


def _price(product: Any) -> str | None:
    if product.list_price is None:
        return None
    return formats.money(product.list_price, product.currency or reporting_currency(), digits=2)
