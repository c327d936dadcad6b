"""Reading relationships: the list of partners, one partner, the steps of its life."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.core.text import text_key
from prm.partners.models import Company, Partner, PartnerMove, PartnerTerritory


def partner_list(*, actor: Actor, q: str = "", territory: Sequence[str] = ()) -> QuerySet[Partner]:
    """Partners that ``actor`` sees, with company, account manager and territories; by the beginnings of words of the company,
    and by codes of the territories they serve. Raises Denied."""
    authorize(actor, "partners.partner:view")
    rows = _whole(actor)
    for word in text_key(q).split():
        rows = rows.filter(company__search_key__contains=f" {word}")
    if territory:
        served = PartnerTerritory.objects.visible_to(actor).filter(territory__code__in=list(territory))
        rows = rows.filter(pk__in=served.values("partner_id"))
    return rows


def partner_get(*, actor: Actor, partner_id: UUID) -> Partner:
    """One partner with company, account manager and territories. Raises NotFound, Denied."""
    authorize(actor, "partners.partner:view")
    found: Partner | None = _whole(actor).filter(pk=partner_id).first()
    if found is None:
        raise NotFound("not_found", _("This partner does not exist, or is not yours to see."))
    return found


def partners_moves(*, actor: Actor, partners: Sequence[Partner]) -> dict[UUID, list[PartnerMove]]:
    """The steps of each partner's life with their reasons, newest first. One query."""
    moves = PartnerMove.objects.visible_to(actor).filter(partner_id__in=[p.pk for p in partners]).select_related("person")
    found: dict[UUID, list[PartnerMove]] = defaultdict(list)
    for move in moves.order_by("-id"):
        found[move.partner_id].append(move)
    return found


def partners_companies(*, actor: Actor, partners: Sequence[Partner]) -> dict[UUID, Company]:
    """The company of each partner, as far as the actor sees it, by partner. One query."""
    companies = Company.objects.visible_to(actor).in_bulk([p.company_id for p in partners])
    return {p.pk: companies[p.company_id] for p in partners if p.company_id in companies}


def _whole(actor: Actor) -> QuerySet[Partner]:
    served = PartnerTerritory.objects.visible_to(actor).select_related("territory").order_by("territory__code")
    rows = Partner.objects.visible_to(actor).select_related("company", "account_manager")
    return rows.prefetch_related(Prefetch("territory_links", queryset=served, to_attr="served"))
