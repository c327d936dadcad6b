"""The channel of the demo: 120 partners with their lives, and three years of what they bought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pandas as pd

from prm.demo.accounts import people_ids
from prm.demo.copying import copy_rows
from prm.demo.market import coded_ids, source_ids, territory_ids
from prm.demo.registry import WorldContext, register_world
from prm.demo.universe import company_ids
from prm.partners.models import Partner, PartnerMove, PartnerTerritory, Sale

_PATH = ("candidate", "engaged", "contracted", "onboarding", "active", "extended", "exiting", "exited")
# One text for readers of both languages: notes as people make them, in words that read in English and in French.
_REASONS = {
    "candidate": ("Top 10, score > 80", "Contact: Cyber Forum, Rennes", "Recommandation / recommendation"),
    "engaged": ("Test firewall, 90 d/j", "Pilot / pilote: firewall", "Budget OK, test: 1 client"),
    "contracted": ("Signature", "Test OK, signature", "Signature, conditions standard"),
    "onboarding": ("Kick-off", "Certification: 2 inscriptions", "Kick-off, agenda OK"),
    "active": ("Transaction no 1", "Certification OK, transaction no 1", "Firewall × 2, installation OK"),
    "extended": ("Plan + budget OK", "Plan + budget OK (CHU)", "Expansion: plan, 2 ans / 2 years"),
    "exiting": ("Volume < minimum", "100 % Nordwall", "Acquisition: Kestrel"),
    "exited": ("Balance / solde: 0 €", "Support: transition OK", "Stock = 0, balance / solde: 0 €"),
}  # fmt: skip


def partner_ids(context: WorldContext) -> list[UUID]:
    """The keys of ``world.partners``, by row."""
    return context.ids("partner", len(context.world.partners))


def _is_there(context: WorldContext) -> bool:
    return Partner.objects.filter(pk=context.ids("partner", 1)[0]).exists()


@register_world("partners.channel", order=400, is_there=_is_there)
def build(context: WorldContext) -> str:
    """Partners, their moves and territories, their sales."""
    now, world, people = context.day.morning, context.world, people_ids()
    partners = copy_rows(
        Partner,
        ["id", "company_id", "lifecycle", "lifecycle_since", "account_manager_id", "currency", "language",
         "dedicated_share", "tier_code"],
        _partners(context, people), now=now,
    )  # fmt: skip
    copy_rows(PartnerTerritory, ["id", "partner_id", "territory_id"], _territories(context), now=now)
    copy_rows(
        PartnerMove,
        ["id", "partner_id", "from_lifecycle", "to_lifecycle", "reason", "person_id", "created_at", "updated_at"],
        _moves(context, people),
    )
    sales = copy_rows(
        Sale,
        ["id", "partner_id", "product_id", "sold_on", "quantity", "amount", "currency", "amount_reporting", "rate_day",
         "cost", "source_key", "source_id", "order_number", "order_line"],
        _sales(context), now=now,
    )  # fmt: skip
    return f"{partners} partners, {sales:,} order lines over {len(world.rates) - 1} months"


def _partners(context: WorldContext, people: dict[str, UUID]) -> Iterator[list[Any]]:
    world, companies = context.world, company_ids(context)
    carried = world.vendors_carried[world.vendors_carried["vendor"] == 0].set_index("company")["share"]
    for key, p in zip(partner_ids(context), world.partners.itertuples(index=False), strict=True):
        share = carried.get(p.company)
        dedicated = None if share is None or pd.isna(share) or not p.sells_from else round(float(share), 4)
        yield [
            key,
            companies[p.company],
            p.stage,
            moment_of(p.since),
            people[p.manager],
            p.currency,
            p.language,
            dedicated,
            "",
        ]


def _territories(context: WorldContext) -> Iterator[list[Any]]:
    world, ids = context.world, territory_ids(context)
    served = [(row, world.truth["region"].iat[company]) for row, company in enumerate(world.partners["company"])]
    keys = partner_ids(context)
    for key, (row, region) in zip(context.ids("served", len(served)), served, strict=True):
        yield [key, keys[row], ids[region]]


def _moves(context: WorldContext, people: dict[str, UUID]) -> Iterator[list[Any]]:
    """Moves in the order in which they were made: their keys carry that moment, like those that services write."""
    world, owners = context.world, partner_ids(context)
    steps = []
    for row, p in enumerate(world.partners.to_dict("records")):
        before = ""
        for stage in _PATH:
            day = p[f"{stage}_on"]
            if isinstance(day, date):
                old = stage == "active" and (context.day.today - day).days > 1095
                reasons = _REASONS[stage]
                reason = "Migration CRM" if old else reasons[(row + day.day) % len(reasons)]
                steps.append((day, row, before, stage, reason, people[p["manager"]]))
                before = stage
    for number, (day, row, before, stage, reason, person) in enumerate(sorted(steps, key=lambda s: (s[0], s[1]))):
        moment = moment_of(day)
        stamp = int(moment.timestamp() * 1000)
        key = UUID(int=(stamp << 80) | (0x7 << 76) | (0b10 << 62) | number)
        yield [key, owners[row], before, stage, reason, person, moment, moment]


def _sales(context: WorldContext) -> Iterator[list[Any]]:
    world, owners, source = context.world, partner_ids(context), source_ids(context)["import:crm"]
    products = coded_ids(context, "product", world.products["code"].tolist())
    rates = pd.Series(world.rates["rate"].to_numpy(), index=pd.to_datetime(world.rates["day"]))
    for key, s in context.keyed("sale", world.sales):
        day, amount = s.sold_on, s.amount
        if s.currency != "EUR":
            day = s.sold_on.replace(day=1)
            amount = round(s.amount * float(rates[pd.Timestamp(day)]), 4)
        yield [
            key, owners[s.partner], products[s.product], s.sold_on, s.quantity, s.amount, s.currency, amount, day, s.cost,
            "crm", source, s.order_number, s.order_line,
        ]  # fmt: skip


def moment_of(day: date) -> datetime:
    return datetime.combine(day, time(8, 30), UTC)
