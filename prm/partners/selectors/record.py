"""What a company's page shows of people and of the relationship: who works there, who talks to whom, how a life went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.partners.models import Company, Liaison, Partner, PartnerMove, PartnerTerritory, Position
from prm.partners.selectors.partners import partners_terms


def record_get(*, actor: Actor, company_id: UUID | str) -> Company:
    """A company by key or TypeID with its partner, its account manager, how many people are known (``people_count``) and whether it
    serves a territory for us (``is_served``), and which companies and partners became part of it (``merged_ids``, ``merged_partners``).
    One query.

    Raises NotFound, Denied.
    """
    authorize(actor, "partners.company:view")
    people = Position.objects.visible_to(actor).filter(company=OuterRef("pk")).order_by().values("company")
    merged = Company.objects.visible_to(actor).filter(merged_into=OuterRef("pk")).order_by("id")
    rows = Company.objects.visible_to(actor).select_related("partner__account_manager", "merged_into")
    found: Company = rows.annotate(
        lifecycle=F("partner__lifecycle"), people_count=Coalesce(Subquery(people.annotate(n=Count("pk")).values("n")), 0),
        merged_ids=ArraySubquery(merged.values("pk")),
        merged_partners=ArraySubquery(merged.filter(partner__isnull=False).values("partner__pk")),
        is_served=Exists(PartnerTerritory.objects.visible_to(actor).filter(partner__company=OuterRef("pk"))),
    ).one(company_id)  # fmt: skip
    return found


def positions_of(*, actor: Actor, company: Company) -> list[Position]:
    """Who works at a company, by name. One query. Raises Denied."""
    authorize(actor, "partners.position:view")
    rows = Position.objects.visible_to(actor).filter(company=company).select_related("person")
    return list(rows.order_by("person__name_key", "id"))


def liaison_list(*, actor: Actor, company_id: UUID) -> QuerySet[Liaison]:
    """Who of ours talks to whom at a company. Raises NotFound, Denied."""
    authorize(actor, "partners.liaison:view")
    Company.objects.visible_to(actor).one(company_id)
    return Liaison.objects.visible_to(actor).filter(company_id=company_id).select_related("ours", "theirs")


def liaisons_of(*, actor: Actor, company: Company) -> list[Liaison]:
    """Likewise, those who spoke last first. One query."""
    rows = Liaison.objects.visible_to(actor).filter(company=company).select_related("ours")
    return list(rows.order_by(F("spoken_on").desc(nulls_last=True), "id"))


def liaison_get(*, actor: Actor, company_id: UUID, liaison_id: UUID) -> Liaison:
    """One of them. Raises NotFound, Denied."""
    found: Liaison = liaison_list(actor=actor, company_id=company_id).one(liaison_id)  # type: ignore[attr-defined]
    return found


def moves_of(*, actor: Actor, partner: Partner) -> list[PartnerMove]:
    """The steps of a partner's life that count, oldest first, with who took them. One query. Raises Denied."""
    authorize(actor, "partners.partner_move:view")
    rows = PartnerMove.objects.visible_to(actor).filter(partner=partner, taken_back_at__isnull=True)
    return list(rows.select_related("person").order_by("id"))


def reasons_of(*, actor: Actor, move_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Why steps were taken, by step; nothing for whoever may not read them. At most one query."""
    if not move_ids or not actor.may("partners.partner_move:view"):
        return {}
    rows = PartnerMove.objects.visible_to(actor).filter(pk__in=move_ids).exclude(reason="")
    return dict(rows.values_list("pk", "reason"))


class Term(NamedTuple):
    """Somebody who looked after a partner; either end may be None: not known, not over."""

    name: str
    began_at: datetime | None
    ended_at: datetime | None


def terms_of(*, actor: Actor, partner: Partner) -> list[Term]:
    """Who looked after a partner from when to when, the present one first; what was put right at once is left out. One query."""
    authorize(actor, "partners.manager_term:view")
    terms = partners_terms(actor=actor, partners=[partner]).get(partner.pk, [])
    return [Term(term.person.name, term.began_at, term.ended_at) for term in terms]
