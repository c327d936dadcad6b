"""The companies of the demo, with all that hangs on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from prm.core.text import text_key
from prm.demo.copying import copy_rows
from prm.demo.market import coded_ids, offer_codes, source_ids, territory_ids
from prm.demo.registry import WorldContext, register_world
from prm.demo.world.facts import SOURCES
from prm.demo.world.market import INDUSTRY_CODES, VENDOR_CODES
from prm.partners.models import (
    Company,
    CompanyExternalId,
    CompanyFact,
    CustomerMix,
    OfferCarried,
    Site,
    VendorCarried,
)
from prm.partners.models.details import address_key

_COMPANY = (
    "id name name_key legal_name legal_name_key typology country region region_key city city_key postal_code latitude "
    "longitude website domain registration_number registration_key founded_year employees sales_people engineers customers "
    "revenue revenue_currency revenue_year revenue_reporting rate_day growth languages provenance stalest_on version"
).split()


def company_ids(context: WorldContext) -> list[UUID]:
    """The keys of ``world.companies``, by row."""
    return context.ids("company", len(context.world.companies))


def _is_there(context: WorldContext) -> bool:
    # The first key is the same whatever the size of the world: no need to make it to see that it stands.
    return Company.objects.filter(pk=context.ids("company", 1)[0]).exists()


@register_world("partners.companies", order=300, is_there=_is_there)
def build(context: WorldContext) -> str:
    """Companies, sites, customers' mix, offers and vendors carried, external ids, earlier values."""
    now, world = context.day.morning, context.world
    count = copy_rows(Company, _COMPANY, _companies(context), now=now)
    copy_rows(CompanyExternalId, ["id", "company_id", "source", "external_id"], _external_ids(context), now=now)
    sites = copy_rows(
        Site,
        ["id", "company_id", "name", "kind", "country", "region", "city", "street", "postal_code", "latitude", "longitude",
         "employees", "address_key", "source_id", "as_of"],
        _sites(context), now=now,
    )  # fmt: skip
    _carried(context)
    copy_rows(CompanyFact, ["id", "company_id", "field", "status", "value", "source_id", "as_of"], _earlier(context), now=now)
    return f"{count:,} companies, {sites:,} sites, {len(world.mix):,} customer shares, {len(world.vendors_carried):,} vendors"


def _companies(context: WorldContext) -> Iterator[list[Any]]:
    sources = source_ids(context)
    rate = context.world.rates.iloc[-1]
    for key, c in zip(company_ids(context), context.world.companies.itertuples(index=False), strict=True):
        revenue = c.revenue if c.revenue is not None and c.revenue == c.revenue else None
        told = {field: [str(sources[s]), day.isoformat(), None] for field, (s, day) in c.provenance.items()}
        foreign = c.currency != "EUR"
        yield [
            key, c.name, text_key(c.name), c.legal_name, text_key(c.legal_name if isinstance(c.legal_name, str) else ""),
            c.typology, c.country, c.region, text_key(c.region), c.city, text_key(c.city), c.postal_code, c.latitude,
            c.longitude,
            c.website, c.domain or "", c.registration_number,
            text_key(c.registration_number).replace(" ", "") if c.registration_number else "",
            _whole(c.founded_year), _whole(c.employees), _whole(c.sales_people), _whole(c.engineers), _whole(c.customers),
            revenue,
            c.currency if revenue is not None else None, _whole(c.revenue_year) if revenue is not None else None,
            None if revenue is None else round(revenue * float(rate["rate"]), 2) if foreign else revenue,
            None if revenue is None else rate["day"] if foreign else context.day.today,
            c.growth, list(c.languages) if c.languages is not None and c.languages == c.languages else None, told,
            min(day for _s, day in c.provenance.values()), 1,
        ]  # fmt: skip


def _external_ids(context: WorldContext) -> Iterator[list[Any]]:
    world, ids = context.world, company_ids(context)
    partner_rows = set(world.partners["company"])
    rows = [
        (
            row,
            ("trade-directory", f"TD{100_000 + 7 * row}")
            if source == "import:trade-directory"
            else ("crm", f"ACC-{20_000 + row}"),
        )
        for row, source in enumerate(c["*"][0] for c in world.companies["provenance"])
        if source == "import:trade-directory" or row in partner_rows
    ]
    for key, (row, (source, number)) in zip(context.ids("external id", len(rows)), rows, strict=True):
        yield [key, ids[row], source, number]


def _sites(context: WorldContext) -> Iterator[list[Any]]:
    ids, main = company_ids(context), _main_source(context)
    frame = context.world.sites
    for key, s in context.keyed("site", frame):
        yield [
            key, ids[s.company], s.name, "headquarters" if s.is_head else "office", s.country, s.region, s.city, s.street,
            s.postal_code, s.latitude, s.longitude, _whole(s.people),
            address_key(s.country, s.region, s.city, s.street, s.postal_code), *main[s.company],
        ]  # fmt: skip


def _carried(context: WorldContext) -> None:
    world, ids, main, now = context.world, company_ids(context), _main_source(context), context.day.morning
    industry = coded_ids(context, "industry", list(INDUSTRY_CODES))
    territory, vendor = territory_ids(context), coded_ids(context, "vendor", list(VENDOR_CODES))
    offer = coded_ids(context, "offer", offer_codes())
    copy_rows(
        CustomerMix,
        ["id", "company_id", "industry_id", "size", "territory_id", "share", "source_id", "as_of"],
        (
            [key, ids[m.company], industry[m.industry], m.size, territory[m.region], round(m.share, 4), *main[m.company]]
            for key, m in context.keyed("mix", world.mix)
        ),
        now=now,
    )
    copy_rows(
        OfferCarried,
        ["id", "company_id", "category_id", "relation", "share_of_business", "source_id", "as_of"],
        (
            [key, ids[o.company], offer[o.category], o.relation, _share(o.share), *main[o.company]]
            for key, o in context.keyed("offered", world.offers)
        ),
        now=now,
    )
    copy_rows(
        VendorCarried,
        ["id", "company_id", "vendor_id", "share_of_business", "since_year", "source_id", "as_of"],
        (
            [
                key, ids[v.company], vendor[VENDOR_CODES[v.vendor]], _share(v.share),
                v.since_year if v.since_year > 0 else None, *main[v.company],
            ]
            for key, v in context.keyed("carried", world.vendors_carried)
        ),
        now=now,
    )  # fmt: skip


def _earlier(context: WorldContext) -> Iterator[list[Any]]:
    ids, sources, frame = company_ids(context), source_ids(context), context.world.earlier
    for key, e in context.keyed("fact", frame):
        value = str(e.value) if e.field == "revenue" else str(int(e.value))
        # A fact's value is JSON: whole numbers bare, amounts as text so that no digit is lost.
        yield [
            key,
            ids[e.company],
            e.field,
            "superseded",
            f'"{value}"' if e.field == "revenue" else value,
            sources[e.source],
            e.as_of,
        ]


def _main_source(context: WorldContext) -> list[tuple[UUID, date]]:
    sources = {s.key: key for s, key in zip(SOURCES, source_ids(context).values(), strict=True)}
    return [(sources[p["*"][0]], p["*"][1]) for p in context.world.companies["provenance"]]


def _whole(value: Any) -> int | None:
    return None if value is None or value != value else int(value)  # noqa: PLR0124  NaN


def _share(value: float) -> float | None:
    return None if value != value else round(float(value), 4)  # noqa: PLR0124  NaN
