"""People on both sides of the demo's channel: who talks to whom, who looked after a partner before, companies that were one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from prm.access.roles import as_role
from prm.core.ids import uuid7
from prm.demo.accounts import demo_actor, people_ids
from prm.demo.channel import moment_of, partner_ids
from prm.demo.copying import copy_rows
from prm.demo.desks import PUT_AWAY
from prm.demo.registry import WorldContext, register_world
from prm.demo.universe import company_ids
from prm.demo.world.people import MEMBERS
from prm.demo.world.streams import stream
from prm.partners.models import CompanyMerge, Liaison, Lifecycle, ManagerTerm
from prm.partners.services.companies import company_create
from prm.partners.services.merging import company_merge
from prm.partners.services.partners import partner_create

#: Of the stages, how likely somebody of ours speaks to somebody of theirs.
_SPOKEN = {
    "candidate": 0.35, "engaged": 0.6, "contracted": 0.7, "onboarding": 0.75, "active": 0.7, "extended": 0.9, "exiting": 0.4, "exited": 0,
}  # fmt: skip
#: The part of the partners that somebody else looked after before.
CHANGED_HANDS = 0.28
MERGED = 2


def _is_there(context: WorldContext) -> bool:
    return Liaison.objects.exists()


@register_world("partners.relations", order=430, is_there=_is_there)
def build(context: WorldContext) -> str:
    """Who talks to whom, and who looked after partners from when to when."""
    people = people_ids()
    made = copy_rows(
        Liaison, ["id", "company_id", "ours_id", "theirs_id", "department", "spoken_on"], _liaisons(context, people),
        now=context.day.morning,
    )  # fmt: skip
    changed = _terms(context, people)
    return f"{made} pairs that talk, {changed} partners that changed hands"


def _liaisons(context: WorldContext, people: dict[str, UUID]) -> Iterator[list[Any]]:
    world, companies, rng = context.world, company_ids(context), stream(context.day.seed, "liaisons")
    partners = {p.company: p for p in world.partners.itertuples(index=False)}
    contacts = context.ids("contact", len(world.contacts))
    found = []
    for key, c in zip(contacts, world.contacts.itertuples(index=False), strict=True):
        partner, draw, days = partners.get(c.company), rng.random(), int(rng.exponential(24))
        if partner is None or draw > _SPOKEN[partner.stage] or (c.department == "marketing" and draw > 0.4):
            continue
        # The director keeps the line to those at the top of the closest partners.
        ours = "vidal" if c.level == "executive" and partner.stage == "extended" else partner.manager
        day = context.day.today - timedelta(days=min(days, 190))
        found.append([companies[c.company], people[ours], key, c.department, day if draw < 0.62 else None])
    for key, row in zip(context.ids("liaison", len(found)), found, strict=True):
        yield [key, *row]


def _terms(context: WorldContext, people: dict[str, UUID]) -> int:
    """The terms that the trigger began today began with the relationship, or when somebody else handed it over."""
    world, rng = context.world, stream(context.day.seed, "terms")
    keys = [m.key for m in MEMBERS if m.role == "manager"]
    earlier, begins = [], {}
    for key, p in zip(partner_ids(context), world.partners.to_dict("records"), strict=True):
        born = moment_of(min(day for name, day in p.items() if name.endswith("_on") and hasattr(day, "year")))
        begins[key] = born
        length, draw, other = (context.day.morning - born).days, rng.random(), str(rng.choice(keys))
        if draw < CHANGED_HANDS and length > 200 and other != p["manager"]:
            begins[key] = born + timedelta(days=int(length * (0.25 + draw)))
            earlier.append((key, people[other], born, begins[key]))
    terms = list(ManagerTerm.objects.filter(partner_id__in=begins, ended_at__isnull=True))
    for term in terms:
        term.began_at = begins[term.partner_id]
    ManagerTerm.objects.bulk_update(terms, ["began_at"])
    ManagerTerm.objects.bulk_create(
        ManagerTerm(partner_id=key, person_id=person, began_at=began, ended_at=ended) for key, person, began, ended in earlier
    )
    return len(earlier)


def _merged(context: WorldContext) -> bool:
    return CompanyMerge.objects.exists()


@register_world("partners.merges", order=520, is_there=_merged, whole=False)
def build_merges(context: WorldContext) -> str:
    """Two records of one company made one; and a partner that bought another one."""
    elise, claire, companies = demo_actor("vidal"), demo_actor("rousset"), company_ids(context)
    frame = context.world.companies
    twins = frame.index[frame["duplicate_of"] >= 0][PUT_AWAY : PUT_AWAY + MERGED]
    for row in twins:
        with as_role(elise):
            company_merge(actor=elise, kept_id=companies[int(frame["duplicate_of"].iat[row])], gone_id=companies[row])
    with as_role(claire):
        bought = company_create(
            actor=claire,
            values={"name": "Sudelec Réseaux", "city": "Mérignac", "country": "FR", "typology": "var", "employees": 18, "engineers": 6},
            key=uuid7(),
        )  # fmt: skip
        partner_create(actor=claire, company_id=bought.pk, lifecycle=Lifecycle.ACTIVE, reason="Switches × 12, support")
    with as_role(elise):
        row = int(frame.index[frame["name"] == "Sudelec Informatique"][0])
        company_merge(
            actor=elise,
            kept_id=companies[row],
            gone_id=bought.pk,
            choices={"employees": "kept", "engineers": "kept", "city": "kept"},
        )
    return f"{len(twins) + 1} companies that were merged into others"
