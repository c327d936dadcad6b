"""Who changed a record while somebody had its form open (UX 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.accounts.selectors.persons import person_names
from prm.events.models import OutboxEvent
from prm.partners.details import DetailKind
from prm.partners.events import CatalogueChanged, CompanyDetailsChanged, CompanyEdited, PartnerEdited
from prm.partners.models import Company, Partner
from prm.partners.models.market import Named


def stale_edit_words(*, actor: Actor, company: Company, version: int) -> str:
    """One sentence: who changed which facts of ``company`` after ``version``."""
    events = OutboxEvent.objects.visible_to(actor).filter(
        subject_type="company", subject_id=company.pk, type=CompanyEdited.type
    )
    later = [event for event in events[:20] if event.data.get("to_version", 0) > version]
    return _words(actor, later, Company._meta.get_field, (event.data.get("fields", ()) for event in later))


def stale_partner_words(*, actor: Actor, partner: Partner, version: int) -> str:
    """One sentence: who changed what of a relationship after ``version``."""
    events = OutboxEvent.objects.visible_to(actor).filter(
        subject_type="partner", subject_id=partner.pk, type=PartnerEdited.type
    )
    later = [event for event in events[:20] if event.data.get("to_version", 0) > version]
    return _words(actor, later, Partner._meta.get_field, (event.data.get("changes", ()) for event in later))


def stale_detail_words(*, actor: Actor, kind: DetailKind, record: Any, seen: str) -> str:
    """One sentence: who changed what of a detail of a company after ``seen`` (an ISO instant)."""
    events = OutboxEvent.objects.visible_to(actor).filter(
        subject_type="company", subject_id=record.company_id, type=CompanyDetailsChanged.type, data__record_id=str(record.pk)
    )
    later = [event for event in events[:20] if event.data.get("saved_at", "") > seen]
    return _words(actor, later, kind.column, (event.data.get("after", ()) for event in later))


def stale_record_words(*, actor: Actor, record: Named, seen: str) -> str:
    """One sentence: who changed a record of the small tables after ``seen`` (an ISO instant)."""
    events = OutboxEvent.objects.visible_to(actor).filter(
        subject_id=record.pk, type=CatalogueChanged.type, occurred_at__gt=datetime.fromisoformat(seen)
    )
    return _words(actor, list(events[:20]), record._meta.get_field, ())


def _words(actor: Actor, later: list[OutboxEvent], column: Callable[[str], Any], changed: Iterable[Iterable[str]]) -> str:
    if not later:
        return _("This was changed while the form was open. Look at what is there now, then save again.")
    names = person_names(actor=actor, user_ids=[event.actor_id for event in later if event.actor_id])
    people = sorted({names.get(event.actor_id, "PRM") if event.actor_id else "PRM" for event in later})
    fields = dict.fromkeys(field for some in reversed([list(names) for names in changed]) for field in some)
    labels = [str(column(field).verbose_name) for field in fields]
    if not labels:
        return _("%(who)s changed this while the form was open. Look at what is there now, then save again.") % {
            "who": ", ".join(people)
        }
    return _("%(who)s changed %(what)s while this form was open. Look at what is there now, then save again.") % {
        "who": ", ".join(people),
        "what": ", ".join(labels),
    }
