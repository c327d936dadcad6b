"""Whom we know at the demo's companies."""

from __future__ import annotations

from datetime import timedelta

from prm.accounts.models import Person
from prm.core.text import text_key
from prm.demo.copying import copy_rows
from prm.demo.market import source_ids
from prm.demo.registry import WorldContext, register_world
from prm.demo.universe import company_ids
from prm.demo.world.facts import SOURCES
from prm.partners.models import Position

CRM_AGE = timedelta(days=34)


def _is_there(context: WorldContext) -> bool:
    return Position.objects.filter(pk=context.ids("position", 1)[0]).exists()


@register_world("partners.people", order=420, is_there=_is_there)
def build(context: WorldContext) -> str:
    """People of companies and what they do there."""
    now, frame, companies = context.day.morning, context.world.contacts, company_ids(context)
    crm = dict(zip((source.key for source in SOURCES), source_ids(context).values(), strict=True))["import:crm"]
    exported = context.day.today - CRM_AGE
    people = context.ids("contact", len(frame))
    rows = list(frame.itertuples(index=False))
    copy_rows(
        Person,
        ["id", "name", "name_key", "email", "title", "phone"],
        ([key, p.name, text_key(p.name), p.email, p.title, p.phone] for key, p in zip(people, rows, strict=True)),
        now=now,
    )
    copy_rows(
        Position,
        ["id", "company_id", "person_id", "department", "level", "source_id", "as_of"],
        (
            [key, companies[p.company], person, p.department, p.level, crm, exported]
            for key, person, p in zip(context.ids("position", len(frame)), people, rows, strict=True)
        ),
        now=now,
    )
    return f"{len(frame):,} people"
