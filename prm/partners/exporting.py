"""Companies, partners, order lines and the small tables as files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.exports.sources import Asked, Source, of_queryset, sources
from prm.exports.writers import Column
from prm.partners import lists
from prm.partners.catalogue import KINDS, Kind
from prm.partners.models import VendorRelation
from prm.partners.selectors.catalogue import record_list
from prm.partners.selectors.companies import companies_of, company_keys
from prm.partners.selectors.company import territory_options, vendor_options
from prm.partners.selectors.rates import rate_list
from prm.partners.tables.catalogue import record_spec
from prm.partners.tables.companies import COMPANY_EXPORT, company_spec
from prm.partners.tables.partners import PARTNER_EXPORT, SALE_EXPORT
from prm.partners.tables.people import PEOPLE_EXPORT
from prm.partners.tables.rates import RATE_EXPORT, RATES, order_of
from prm.ui.tables import ListSpec


def _company_spec(actor: Actor, of: str) -> ListSpec:
    return company_spec(vendors=vendor_options(actor=actor), territories=territory_options(actor=actor))


def _company_keys(actor: Actor, asked: Asked) -> Iterable[UUID]:
    state = asked.state
    return company_keys(actor=actor, q=state.q, filters=state.values, sort=state.ordering)


def _company_rows(actor: Actor, asked: Asked, wanted: Sequence[UUID]) -> Sequence[Any]:
    return companies_of(actor=actor, ids=wanted)


def _catalogue_columns(kind: Kind) -> list[Column]:
    columns = [
        Column("id", _("Id"), lambda r: r.public_id, width=34),
        Column("code", _("Code"), lambda r: r.code),
        Column("name", _("Name"), lambda r: r.name, width=32),
    ]
    if kind.slug == "vendors":
        columns += [
            Column("relation", _("What it is to us"), lambda r: VendorRelation(r.relation).label),
            Column("website", _("Website"), lambda r: r.website or None, width=28),
        ]
    if kind.slug == "products":
        columns += [
            Column("family", _("Family"), lambda r: r.family.label if r.family else None),
            Column("line", _("Line"), lambda r: r.line or None),
            Column("price", _("List price"), lambda r: r.list_price, kind="decimal"),
            Column("currency", _("Currency"), lambda r: r.currency or None, width=8),
        ]
    if "parent" in kind.fields:
        columns.append(Column("parent", _("Lies within"), lambda r: r.parent.label if r.parent else None))
    if kind.slug in {"vendors", "offers", "families", "territories"}:
        columns.append(Column("used", _("Used by"), lambda r: r.used, kind="number"))
    return columns


def _catalogue(kind: Kind) -> Source:
    def rows(actor: Actor, asked: Asked) -> QuerySet[Any]:
        state = asked.state
        found = record_list(actor=actor, kind=kind, q=state.q, archived=bool(state.values.get("archived")))
        return found.order_by("-name_key", "-id") if state.descending else found.order_by("name_key", "id")

    return Source(
        key=f"catalogue-{kind.slug}", label=kind.label, permission=f"{kind.policy}:view",
        spec=lambda actor, of: record_spec(kind), columns=lambda actor, asked: _catalogue_columns(kind),
        shown={"name": ("code", "name"), "price": ("price", "currency")}, **of_queryset(rows),
    )  # fmt: skip


def register() -> None:
    """Called once, when the app is ready."""
    sources.register(
        Source(
            key="companies", label=_("Companies"), permission="partners.company:export", spec=_company_spec,
            columns=lambda actor, asked: COMPANY_EXPORT, keys=_company_keys, rows=_company_rows,
            shown={
                "company": ("name", "city"), "strike": ("sales_people", "engineers"), "known": ("known_share",),
                "revenue": ("revenue", "revenue_currency"),
            },
        )
    )  # fmt: skip
    sources.register(
        Source(
            key="partners", label=_("Partners"), permission="partners.partner:export",
            spec=lambda actor, of: lists.partners_spec(actor=actor), columns=lambda actor, asked: PARTNER_EXPORT,
            shown={"partner": ("name",), "change": ("before",), "last": ("last_order",)},
            **of_queryset(lambda actor, asked: lists.ordered(lists.partners_of(actor=actor, state=asked.state), asked.state)),
        )
    )  # fmt: skip
    sources.register(
        Source(
            key="people", label=_("People"), permission="partners.position:export",
            spec=lambda actor, of: lists.people_spec_of(actor=actor), columns=lambda actor, asked: PEOPLE_EXPORT,
            shown={"person": ("name", "title")},
            **of_queryset(lambda actor, asked: lists.ordered(lists.people_of(actor=actor, state=asked.state), asked.state)),
        )
    )  # fmt: skip
    sources.register(
        Source(
            key="sales", label=_("Sales"), permission="partners.sale:export",
            spec=lambda actor, of: lists.sales_spec(actor=actor), columns=lambda actor, asked: SALE_EXPORT,
            shown={
                "sold": ("sold_on",), "product": ("product", "family"), "amount": ("amount", "currency"),
                "reporting": ("amount_reporting",), "order": ("order_number", "order_line"),
            },
            **of_queryset(lambda actor, asked: lists.ordered(lists.sales_of(actor=actor, state=asked.state), asked.state)),
        )
    )  # fmt: skip
    sources.register(
        Source(
            key="rates", label=_("Exchange rates"), permission="partners.exchange_rate:view", spec=lambda actor, of: RATES,
            columns=lambda actor, asked: RATE_EXPORT, shown={"rate": ("rate", "into")},
            **of_queryset(lambda actor, asked: rate_list(actor=actor).order_by(
                *order_of(asked.state.sort, descending=asked.state.descending), "id"
            )),
        )
    )  # fmt: skip
    for kind in KINDS.values():
        sources.register(_catalogue(kind))
