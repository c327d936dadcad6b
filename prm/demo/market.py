"""The market of the demo: industries, territories, vendors, offers, our products, exchange rates, sources of facts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pandas as pd

from prm.core.text import text_key
from prm.demo.copying import copy_rows
from prm.demo.registry import WorldContext, register_world
from prm.demo.world import market as scenery
from prm.demo.world.facts import SOURCES
from prm.partners.models import (
    ExchangeRate,
    FactSource,
    Industry,
    OfferCategory,
    Product,
    ProductFamily,
    Territory,
    TerritoryArea,
    Vendor,
)

MARK = "demo:world"
_NAMED = ["id", "code", "name", "name_key", "names"]


def territory_ids(context: WorldContext) -> dict[str, UUID]:
    """Territory code → id."""
    codes = context.world.territories["code"]
    return dict(zip(codes, context.ids("territory", len(codes)), strict=True))


def source_ids(context: WorldContext) -> dict[str, UUID]:
    """Source key → id."""
    return dict(zip([s.key for s in SOURCES], context.ids("source", len(SOURCES)), strict=True))


def coded_ids(context: WorldContext, table: str, codes: list[str]) -> dict[str, UUID]:
    """Code → id of one of the small tables: "industry", "vendor", "offer", "family", "product"."""
    return dict(zip(codes, context.ids(table, len(codes)), strict=True))


def offer_codes() -> list[str]:
    """The categories of offer: our families, then services and neighbouring trades."""
    return [*scenery.FAMILY_CODES, *(code for code, _name, _french in scenery.SERVICE_CATEGORIES)]


def _is_there(context: WorldContext) -> bool:
    return FactSource.objects.filter(key=MARK).exists()


@register_world("partners.market", order=200, is_there=_is_there)
def build(context: WorldContext) -> str:
    """Everything short that the rest refers to."""
    now = context.day.morning
    sources = source_ids(context)
    rows: list[list[Any]] = [[sources[s.key], s.kind, s.name, s.key, ""] for s in SOURCES]
    rows.append([context.ids("mark", 1)[0], "import", "Demo world", MARK, context.day.note()])
    copy_rows(FactSource, ["id", "kind", "name", "key", "note"], rows, now=now)
    _territories(context)
    copy_rows(
        Industry, _NAMED,
        _named(
            coded_ids(context, "industry", list(scenery.INDUSTRY_CODES)),
            [(i.code, i.name, i.name_fr) for i in scenery.INDUSTRIES],
        ),
        now=now,
    )  # fmt: skip
    vendors = coded_ids(context, "vendor", list(scenery.VENDOR_CODES))
    copy_rows(
        Vendor, [*_NAMED, "relation", "website"],
        [
            [vendors[v.code], v.code, v.name, text_key(v.name), {}, v.relation, f"https://www.{v.code}.example"]
            for v in scenery.VENDORS
        ],
        now=now,
    )  # fmt: skip
    families = [(f.code, f.name, f.name_fr) for f in scenery.FAMILIES]
    copy_rows(
        OfferCategory,
        _NAMED,
        _named(coded_ids(context, "offer", offer_codes()), [*families, *scenery.SERVICE_CATEGORIES]),
        now=now,
    )
    family_ids = coded_ids(context, "family", list(scenery.FAMILY_CODES))
    copy_rows(ProductFamily, _NAMED, _named(family_ids, families), now=now)
    _products(context, family_ids)
    copy_rows(
        ExchangeRate, ["id", "day", "from_currency", "to_currency", "rate", "source"],
        [[key, *row, "Demo"] for key, row in context.keyed("rate", context.world.rates)],
        now=now,
    )  # fmt: skip
    world = context.world
    return f"{len(world.territories)} territories, {len(scenery.VENDORS)} vendors, {len(world.products)} products"


def _named(ids: dict[str, UUID], rows: list[tuple[str, str, str]]) -> list[list[Any]]:
    """Rows of a Named table; the French name is kept where it differs."""
    return [[ids[c], c, name, text_key(name), {"fr": fr} if fr != name else {}] for c, name, fr in rows]


def _territories(context: WorldContext) -> None:
    ids, frame, now = territory_ids(context), context.world.territories, context.day.morning
    copy_rows(
        Territory,
        [*_NAMED, "parent_id"],
        [
            [
                ids[t.code],
                t.code,
                t.name,
                text_key(t.name),
                {"fr": t.name_fr} if t.name_fr != t.name else {},
                ids.get(t.parent),
            ]
            for t in frame.itertuples()
        ],
        now=now,
    )
    regions = scenery.regions()
    rows = [[ids[r.code], r.country, r.local, text_key(r.local)] for r in regions.itertuples()]
    rows += [[ids[country], country, "", ""] for country in sorted(set(regions["country"]))]
    keys = context.ids("area", len(rows))
    copy_rows(
        TerritoryArea,
        ["id", "territory_id", "country", "region", "region_key"],
        [[key, *row] for key, row in zip(keys, rows, strict=True)],
        now=now,
    )


def _products(context: WorldContext, family_ids: dict[str, UUID]) -> None:
    frame: pd.DataFrame = context.world.products
    ids = coded_ids(context, "product", frame["code"].tolist())
    copy_rows(
        Product,
        [*_NAMED, "family_id", "sku", "currency", "list_price", "dealer_price", "unit_cost"],
        [
            [ids[p.code], p.code, p.name, text_key(p.name), {"fr": p.name_fr} if p.name_fr != p.name else {},
             family_ids[p.family], p.code, "EUR", p.list_price, round(p.list_price * 0.72, 2), round(p.list_price * 0.41, 2)]
            for p in frame.itertuples()
        ],
        now=context.day.morning,
    )  # fmt: skip
