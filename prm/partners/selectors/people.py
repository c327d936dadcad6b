"""The directory of people: everybody known at a company, found by words, filtered, one person with the places they work at (P1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.core.errors import NotFound
from prm.core.names import begins_a_word
from prm.core.text import text_key
from prm.events.selectors import histories_rows, history_told
from prm.events.telling import HistoryLine
from prm.partners.models import Liaison, Position

#: Among partners' people: at companies without a relationship.
NONE = "none"


def people_list(*, actor: Actor, q: str = "", filters: Mapping[str, Any] | None = None) -> QuerySet[Position]:
    """People at living companies, one row for each place of work, with the company, its partner, and who of ours speaks to them
    (``speakers``: names).

    ``q``: words that begin words of the name, or of the company's. ``filters``: department, level, country, lifecycle (tuples;
    ``none``: no relationship), manager (person ids: contacts of their partners), spoken (bool), archived (bool). Raises Denied.
    """
    authorize(actor, "partners.position:view")
    filters = filters or {}
    known = Liaison.objects.visible_to(actor).filter(company=OuterRef("company"), theirs=OuterRef("person"))
    rows = Position.objects.visible_to(actor).filter(
        company__merged_into__isnull=True, company__archived_at__isnull=True,
        person__archived_at__isnull=not filters.get("archived", False),
    )  # fmt: skip
    for word in text_key(q).split():
        rows = rows.filter(begins_a_word(word, "person__name_key") | Q(company__search_key__contains=f" {word}"))
    for name, column in (("department", "department"), ("level", "level"), ("country", "company__country")):
        if name in filters:
            rows = rows.filter(**{f"{column}__in": filters[name]})
    if "lifecycle" in filters:
        wanted = Q(company__partner__lifecycle__in=[stage for stage in filters["lifecycle"] if stage != NONE])
        rows = rows.filter(wanted | Q(company__partner__isnull=True) if NONE in filters["lifecycle"] else wanted)
    if "manager" in filters:
        rows = rows.filter(company__partner__account_manager_id__in=filters["manager"])
    if "spoken" in filters:
        rows = rows.filter(Exists(known)) if filters["spoken"] else rows.exclude(Exists(known))
    speakers = known.order_by(F("spoken_on").desc(nulls_last=True), "id").values("ours__name")
    return rows.select_related("person", "company__partner__account_manager").annotate(
        name_key=F("person__name_key"), company_key=F("company__name_key"), department_key=Coalesce("department", Value("")),
        speakers=ArraySubquery(speakers),
    )  # fmt: skip


def country_options(*, actor: Actor) -> list[str]:
    """The countries of the companies that people are known at. One query."""
    rows = Position.objects.visible_to(actor).exclude(company__country__isnull=True)
    return sorted(set(rows.order_by().values_list("company__country", flat=True).distinct()))


@dataclass(frozen=True)
class PersonRecord:
    """Somebody at companies: who it is, the places where they work, who of ours speaks to them."""

    person: Person
    positions: list[Position]
    liaisons: list[Liaison]


def person_record(*, actor: Actor, person_id: UUID | str) -> PersonRecord:
    """One person who works at a company that ``actor`` sees. Three queries. Raises Denied; NotFound also for the vendor's own."""
    authorize(actor, "partners.position:view")
    places = Position.objects.visible_to(actor).filter(person_id=OuterRef("pk"))
    people = Person.objects.visible_to(actor).filter(Exists(places) | Exists(_spoken_to(actor)))
    person = people.one(person_id)
    positions = Position.objects.visible_to(actor).filter(person=person).select_related("company__partner", "source")
    liaisons = Liaison.objects.visible_to(actor).filter(theirs=person).select_related("ours", "company")
    found = list(positions.order_by("company__name_key", "id"))
    for position in found:
        position.person = person
    return PersonRecord(person, found, list(liaisons.order_by(F("spoken_on").desc(nulls_last=True), "id")))


def _spoken_to(actor: Actor) -> QuerySet[Liaison]:
    return Liaison.objects.visible_to(actor).filter(theirs_id=OuterRef("pk"))


def person_with_place(*, actor: Actor, person_id: UUID) -> Person:
    """Somebody who works at a company: not the vendor's own. Raises NotFound."""
    places = Position.objects.visible_to(actor).filter(person_id=OuterRef("pk"))
    found: Person | None = Person.objects.visible_to(actor).filter(Exists(places), pk=person_id, user__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def person_history(*, actor: Actor, record: PersonRecord, limit: int = 40) -> list[HistoryLine]:
    """What happened to somebody: put away or brought back, places of work changed, who spoke to them. Two queries. Raises Denied."""
    authorize(actor, "partners.position:view")
    places = {str(position.pk) for position in record.positions}
    companies = [*{p.company_id for p in record.positions} | {one.company_id for one in record.liaisons}]
    happened = histories_rows(actor=actor, subjects={"person": [record.person.pk], "company": companies})[:500]
    whom = str(record.person.pk)
    mine = [
        entry for entry in happened
        if entry.data.get("record_id") in places or entry.data.get("theirs") == whom or "contact_" in entry.type
    ]  # fmt: skip
    return history_told(actor=actor, rows=mine[:limit])
