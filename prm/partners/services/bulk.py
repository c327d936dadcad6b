"""Acts on many companies at once, each in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.events.publishing import publish_all
from prm.partners.events import CompanyArchived, CompanyRestored, PartnerCreated
from prm.partners.models import Company, Lifecycle, Partner, PartnerMove


@dataclass(frozen=True)
class Candidates:
    """What making candidates does, or did: companies that become one, those that are partners already, those archived."""

    new: list[Company]
    partners: int
    archived: int


def candidates_preview(*, actor: Actor, company_ids: Sequence[UUID]) -> Candidates:
    """What ``candidates_create`` would do. Raises Denied."""
    authorize(actor, "partners.partner:create")
    rows = Company.objects.visible_to(actor).filter(pk__in=company_ids)
    free = rows.filter(partner__isnull=True)
    return Candidates(
        new=list(free.filter(archived_at__isnull=True, merged_into__isnull=True).order_by("name_key", "id")),
        partners=rows.filter(partner__isnull=False).count(),
        archived=free.filter(archived_at__isnull=False).count(),
    )


@transaction.atomic
def candidates_create(*, actor: Actor, company_ids: Sequence[UUID], reason: str = "") -> Candidates:
    """Makes candidates of the companies that are not partners yet. Publishes one PartnerCreated each. Raises Denied."""
    authorize(actor, "partners.partner:create")
    # Kept as they are until the end: of two people who choose the same companies the second finds them partners already.
    list(
        Company.objects.visible_to(actor)
        .filter(pk__in=company_ids)
        .order_by("pk")
        .select_for_update(of=("self",))
        .values("pk")
    )
    found = candidates_preview(actor=actor, company_ids=company_ids)
    made = Partner.objects.bulk_create([Partner(company=company, lifecycle=Lifecycle.CANDIDATE) for company in found.new])
    PartnerMove.objects.bulk_create(
        PartnerMove(partner=partner, to_lifecycle=Lifecycle.CANDIDATE, reason=reason[:300], person_id=actor.person_id)
        for partner in made
    )
    publish_all(
        (
            PartnerCreated(subject_id=p.pk, partner_id=p.pk, company_id=p.company_id, lifecycle=Lifecycle.CANDIDATE)
            for p in made
        ),
        actor=actor,
    )
    return found


@transaction.atomic
def companies_archive(*, actor: Actor, company_ids: Sequence[UUID]) -> tuple[int, datetime]:
    """Archives many companies; gives their number and the instant that ``companies_restore`` undoes it by.

    Publishes one CompanyArchived each. Raises Denied.
    """
    authorize(actor, "partners.company:archive")
    now = timezone.now()
    rows = Company.objects.visible_to(actor, "archive").filter(pk__in=company_ids, archived_at__isnull=True)
    keys = list(rows.select_for_update().values_list("pk", flat=True))
    Company.objects.filter(pk__in=keys).update(archived_at=now, version=F("version") + 1, updated_at=now)
    publish_all((CompanyArchived(subject_id=key) for key in keys), actor=actor)
    return len(keys), now


@transaction.atomic
def companies_restore(*, actor: Actor, archived_at: datetime) -> int:
    """Brings back what ``companies_archive`` archived at that instant. Publishes one CompanyRestored each. Raises Denied, NotFound."""
    authorize(actor, "partners.company:archive")
    rows = Company.objects.visible_to(actor, "archive").filter(archived_at=archived_at)
    keys = list(rows.select_for_update().values_list("pk", flat=True))
    if not keys:
        raise NotFound("not_found", _("There is nothing to bring back."))
    Company.objects.filter(pk__in=keys).update(archived_at=None, version=F("version") + 1, updated_at=timezone.now())
    publish_all((CompanyRestored(subject_id=key) for key in keys), actor=actor)
    return len(keys)
