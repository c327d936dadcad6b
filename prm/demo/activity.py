"""What happened in the demo's past, as events: partners moving along their lives, facts being refreshed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from prm.accounts.models import Person
from prm.demo.channel import partner_ids
from prm.demo.copying import copy_rows
from prm.demo.registry import WorldContext, register_world
from prm.demo.universe import company_ids
from prm.demo.world.people import MEMBERS
from prm.demo.world.streams import stream
from prm.events.models import OutboxEvent
from prm.partners.events import CompanyEdited, PartnerAdvanced, PartnerCreated

SINCE = timedelta(days=540)
_PATH = ("candidate", "engaged", "contracted", "onboarding", "active", "extended", "exiting", "exited")
_Happening = tuple[date, str, dict[str, Any]]  # day, manager, columns


def _is_there(context: WorldContext) -> bool:
    return OutboxEvent.objects.filter(type=PartnerAdvanced.type, occurred_at__lt=context.day.morning).exists()


@register_world("partners.activity", order=450, is_there=_is_there)
def build(context: WorldContext) -> str:
    """Events of the last year and a half, by the managers who did it, in the order in which they happened."""
    emails = {m.email: m.key for m in MEMBERS}
    users = {emails[e]: u for e, u in Person.objects.filter(email__in=emails).values_list("email", "user_id")}
    first = context.day.today - SINCE
    told = [h for h in (*_moves(context), *_edits(context)) if first <= h[0] <= context.day.today]
    told.sort(key=lambda h: (h[0], str(h[2]["subject_id"]), h[2]["type"]))
    rng = stream(context.day.seed, "moments of the day")
    rows = []
    for number, (day, manager, columns) in enumerate(told):
        moment = datetime.combine(day, time(7), UTC) + timedelta(minutes=int(rng.integers(0, 118)))
        stamp = int(moment.timestamp() * 1000)
        key = UUID(int=(stamp << 80) | (0x7 << 76) | (0b10 << 62) | number)
        rows.append(
            [key, 1, moment, "vendor", users[manager], columns.get("partner_id"), columns["subject_type"], columns["subject_id"],
             columns["type"], columns["data"], ""]
        )  # fmt: skip
    names = "id version occurred_at actor_kind actor_id partner_id subject_type subject_id type data personal_digest".split()
    return f"{copy_rows(OutboxEvent, names, rows):,} events"


def _moves(context: WorldContext) -> Iterator[_Happening]:
    owners, companies = partner_ids(context), company_ids(context)
    for row, p in enumerate(context.world.partners.to_dict("records")):
        before = ""
        for stage in _PATH:
            day = p[f"{stage}_on"]
            if not isinstance(day, date):
                continue
            company = str(companies[p["company"]])
            data = (
                {"company_id": company, "before": before, "after": stage}
                if before
                else {"company_id": company, "lifecycle": stage}
            )
            kind = PartnerAdvanced if before else PartnerCreated
            yield day, p["manager"], {
                "type": kind.type, "subject_type": kind.subject_type, "subject_id": owners[row], "partner_id": owners[row], "data": data,
            }  # fmt: skip
            before = stage


def _edits(context: WorldContext) -> Iterator[_Happening]:
    """A fact that has an earlier value was changed on the day of its present one."""
    world, companies = context.world, company_ids(context)
    manager = dict(zip(world.partners["company"], world.partners["manager"], strict=True))
    changed: dict[tuple[int, date], dict[str, list[Any]]] = {}
    for e in world.earlier.itertuples(index=False):
        told = world.companies["provenance"].iat[e.company]
        if e.company in manager:
            values = [_kept(e.field, value) for value in (e.value, world.companies[e.field].iat[e.company])]
            changed.setdefault((e.company, told.get(e.field, told["*"])[1]), {})[e.field] = values
    for (company, day), changes in changed.items():
        data = {"fields": list(changes), "count": len(changes), "to_version": 1, "changes": changes}
        yield day, manager[company], {
            "type": CompanyEdited.type, "subject_type": CompanyEdited.subject_type, "subject_id": companies[company], "data": data,
        }  # fmt: skip


def _kept(field: str, value: Any) -> Any:
    """A value as ``CompanyFact`` keeps it: whole numbers bare, amounts as text so that no digit is lost."""
    return str(value) if field == "revenue" else int(value)
