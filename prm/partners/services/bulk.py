"""Acts on many companies at once, each in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.events.publishing import publish_all
from prm.partners.events import CompanyArchived, CompanyRestored
from prm.partners.models import Company


@transaction.atomic
def companies_archive(*, actor: Actor, company_ids: Sequence[UUID]) -> tuple[int, datetime]:
    """Archives many companies; gives their number and the instant that ``companies_restore`` undoes it by.

    Publishes one CompanyArchived each. Raises Denied.
    """
    authorize(actor, "partners.company:archive")
    now = timezone.now()
    rows = Company.objects.visible_to(actor, "archive").filter(pk__in=company_ids, archived_at__isnull=True)
    keys = _held(rows)
    rows.filter(pk__in=keys).update(archived_at=now, version=F("version") + 1, updated_at=now)
    publish_all((CompanyArchived(subject_id=key) for key in keys), actor=actor)
    return len(keys), now


@transaction.atomic
def companies_restore(*, actor: Actor, archived_at: datetime) -> int:
    """Brings back what ``companies_archive`` archived at that instant. Publishes one CompanyRestored each. Raises Denied, NotFound."""
    authorize(actor, "partners.company:archive")
    rows = Company.objects.visible_to(actor, "archive").filter(archived_at=archived_at)
    keys = _held(rows)
    if not keys:
        raise NotFound("not_found", _("There is nothing to bring back."))
    rows.filter(pk__in=keys).update(archived_at=None, version=F("version") + 1, updated_at=timezone.now())
    publish_all((CompanyRestored(subject_id=key) for key in keys), actor=actor)
    return len(keys)


def _held(rows: QuerySet[Company]) -> list[UUID]:
    """The keys of ``rows``, kept as they are until the end; in one order for all, so that acts that cross wait and never in a circle."""
    return list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
