"""Reading relationships: the list of partners, one partner, the steps of its life."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.core.errors import Invalid
from prm.core.ids import typeid_decode
from prm.core.scoping import ScopedQuerySet
from prm.core.text import text_key
from prm.partners.models import Company, Lifecycle, ManagerTerm, Partner, PartnerMove, PartnerTerritory, Sale
from prm.partners.rules.sales import month_back
from prm.partners.rules.websites import domain_of

MOST = 10_000
#: So many of those that stay as they are are named.
NAMES_SHOWN = 12
#: Among account managers: nobody looks after it.
NOBODY = "none"


def partner_list(*, actor: Actor, q: str = "", territory: Sequence[str] = ()) -> QuerySet[Partner]:
    """Partners that ``actor`` sees, with company, account manager and territories; by the beginnings of words of the company or the
    domain of its website, and by codes of the territories they serve. Raises Denied."""
    authorize(actor, "partners.partner:view")
    told, domain = Q(*(Q(company__search_key__contains=f" {word}") for word in text_key(q).split())), domain_of(q)
    rows = _whole(actor).filter(told | Q(company__domain=domain) if domain else told)
    if territory:
        served = PartnerTerritory.objects.visible_to(actor).filter(territory__code__in=list(territory))
        rows = rows.filter(pk__in=served.values("partner_id"))
    return rows


def partner_get(*, actor: Actor, partner_id: UUID) -> Partner:
    """One partner with company, account manager and territories. Raises NotFound, Denied."""
    authorize(actor, "partners.partner:view")
    partner: Partner = _whole(actor).one(partner_id)
    return partner


def partner_options(*, actor: Actor, ids: Sequence[UUID]) -> list[tuple[str, str]]:
    """(TypeID, name of the company) of those partners that the actor sees, by name. One query."""
    rows = Partner.objects.visible_to(actor).filter(pk__in=ids).select_related("company").order_by("company__name_key", "id")
    return [(partner.public_id, partner.company.name) for partner in rows] if ids else []


@dataclass(frozen=True)
class Candidates:
    """What making candidates does, or did: companies that become one, those that are partners already, those archived.

    ``partner_names`` and ``archived_names`` are the first of them; ``made`` the relationships that were begun.
    """

    new: list[Company]
    partners: int
    archived: int
    partner_names: list[str] = field(default_factory=list)
    archived_names: list[str] = field(default_factory=list)
    made: list[UUID] = field(default_factory=list)


def candidates_preview(*, actor: Actor, company_ids: Sequence[UUID]) -> Candidates:
    """What ``candidates_create`` would do. Raises Denied."""
    authorize(actor, "partners.partner:create")
    rows = Company.objects.visible_to(actor).filter(pk__in=company_ids)
    free = rows.filter(partner__isnull=True)
    partners, archived = rows.filter(partner__isnull=False), free.filter(archived_at__isnull=False)
    return Candidates(
        new=list(free.filter(archived_at__isnull=True, merged_into__isnull=True).order_by("name_key", "id")),
        partners=partners.count(), archived=archived.count(), partner_names=_first_names(partners), archived_names=_first_names(archived),
    )  # fmt: skip


def _first_names(companies: QuerySet[Company]) -> list[str]:
    return list(companies.order_by("name_key", "id").values_list("name", flat=True)[:NAMES_SHOWN])


def partners_moves(*, actor: Actor, partners: Sequence[Partner]) -> dict[UUID, list[PartnerMove]]:
    """The steps of each partner's life with their reasons, newest first. One query."""
    moves = PartnerMove.objects.visible_to(actor).filter(partner_id__in=[p.pk for p in partners]).select_related("person")
    found: dict[UUID, list[PartnerMove]] = defaultdict(list)
    for move in moves.order_by("-id"):
        found[move.partner_id].append(move)
    return found


def partners_terms(*, actor: Actor, partners: Sequence[Partner]) -> dict[UUID, list[ManagerTerm]]:
    """Who looked after each partner from when to when, the present one first. One query."""
    rows = (
        ManagerTerm.objects.visible_to(actor).filter(partner_id__in=[p.pk for p in partners]).exclude(began_at=F("ended_at"))
    )
    found: dict[UUID, list[ManagerTerm]] = defaultdict(list)
    ordered = rows.order_by(F("ended_at").desc(nulls_first=True), F("began_at").desc(nulls_last=True))
    for term in ordered.select_related("person"):
        found[term.partner_id].append(term)
    return found


def partners_companies(*, actor: Actor, partners: Sequence[Partner]) -> dict[UUID, Company]:
    """The company of each partner, as far as the actor sees it, by partner. One query."""
    companies = Company.objects.visible_to(actor).in_bulk([p.company_id for p in partners])
    return {p.pk: companies[p.company_id] for p in partners if p.company_id in companies}


def partners_shown(*, actor: Actor, q: str = "", filters: Mapping[str, Any] | None = None, today: date) -> QuerySet[Partner]:
    """Partners as their list shows them, each with what it bought in the last twelve whole months (``sales_year``), in the twelve before
    (``sales_before``), when first and when last (``first_order``, ``last_order``).

    ``filters``: lifecycle, territory, tier (tuples), manager (tuple of person ids;
    ``none``: nobody). Amounts without a rate are left out; None is no sale. Raises Denied."""
    filters = filters or {}
    rows = partner_list(actor=actor, q=q, territory=filters.get("territory", ())).filter(company__archived_at__isnull=True)
    if "lifecycle" in filters:
        rows = rows.filter(lifecycle__in=filters["lifecycle"])
    if "tier" in filters:
        rows = rows.filter(tier_code__in=filters["tier"])
    if "manager" in filters:
        people = [key for key in filters["manager"] if key != NOBODY]
        wanted = Q(account_manager_id__in=people)
        rows = rows.filter(wanted | Q(account_manager__isnull=True) if NOBODY in filters["manager"] else wanted)
    before, year, month = (month_back(today, months) for months in (24, 12, 0))
    sales = Sale.objects.visible_to(actor).filter(partner=OuterRef("pk")).order_by().values("partner")
    return rows.annotate(
        name_key=F("company__name_key"),
        sales_year=Subquery(
            sales.filter(sold_on__gte=year, sold_on__lt=month).annotate(s=Sum("amount_reporting")).values("s")
        ),
        sales_before=Subquery(
            sales.filter(sold_on__gte=before, sold_on__lt=year).annotate(s=Sum("amount_reporting")).values("s")
        ),
        first_order=Subquery(sales.annotate(day=Min("sold_on")).values("day")),
        last_order=Subquery(sales.annotate(day=Max("sold_on")).values("day")),
    )


def partners_counted(*, actor: Actor) -> dict[str, int]:
    """How many partners stand where in their life. One query."""
    rows = Partner.objects.visible_to(actor).filter(company__archived_at__isnull=True).order_by()
    return dict(rows.values_list("lifecycle").annotate(n=Count("id")))


def manager_options(*, actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the colleagues who may look after partners."""
    people = Person.objects.visible_to(actor).filter(archived_at__isnull=True, user__isnull=False, partner__isnull=True)
    return [(str(key), name) for key, name in people.order_by("name_key").values_list("id", "name")]


def tier_options(*, actor: Actor) -> list[tuple[str, str]]:
    """The tiers that partners hold."""
    held = Partner.objects.visible_to(actor).exclude(tier_code="").order_by("tier_code").values_list("tier_code", flat=True)
    return [(code, code) for code in held.distinct()]


def selected_partners(*, actor: Actor, ids: Sequence[str], rows: QuerySet[Partner] | None = None) -> list[UUID]:
    """The keys of the ticked partners (TypeIDs), or of all ``rows``, as far as the actor sees them. Raises Invalid when there are none, or
    more than 10,000."""
    if rows is None:
        try:
            keys = [typeid_decode(Partner.typeid_prefix, text) for text in ids[:MOST]]
        except ValueError as error:
            raise Invalid("not_partner", _("One of these is no partner.")) from error
        rows = Partner.objects.visible_to(actor).filter(pk__in=keys)
    found = list(rows.order_by().values_list("pk", flat=True)[: MOST + 1])
    if len(found) > MOST:
        raise Invalid("too_many", _("Narrow the list first: at most 10,000 at once."))
    if not found:
        raise Invalid("none_selected", _("Tick at least one partner."))
    return found


def partners_sold(*, actor: Actor, rows: QuerySet[Partner]) -> Decimal:
    """What the partners of a list bought together in the last twelve whole months. One query. Raises Denied."""
    authorize(actor, "partners.partner:view")
    return rows.order_by().aggregate(sold=Sum("sales_year"))["sold"] or Decimal(0)


def partners_standing(*, actor: Actor, partner_ids: Sequence[UUID], limit: int) -> list[tuple[str, int, list[str]]]:
    """Where some partners stand, in the order of life: (stage, how many, the first ``limit`` names). One query."""
    rows = Partner.objects.visible_to(actor).filter(pk__in=partner_ids).order_by("company__name_key", "id")
    named: dict[str, list[str]] = defaultdict(list)
    for stage, name in rows.values_list("lifecycle", "company__name"):
        named[stage].append(name)
    return [(str(stage), len(named[stage]), named[stage][:limit]) for stage in Lifecycle if named[stage]]


def _whole(actor: Actor) -> ScopedQuerySet:
    served = PartnerTerritory.objects.visible_to(actor).select_related("territory").order_by("territory__code")
    rows = Partner.objects.visible_to(actor).select_related("company", "account_manager")
    return rows.prefetch_related(Prefetch("territory_links", queryset=served, to_attr="served"))
