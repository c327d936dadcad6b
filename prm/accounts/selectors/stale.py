"""Who changed a setting while somebody had its form open: for forms that put a whole set in the place of another."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm.access.actors import PORTAL_DOOR, Actor
from prm.access.roles import as_system
from prm.accounts.models import Person
from prm.core.errors import Conflict
from prm.events.models import OutboxEvent
from prm.events.selectors import history_rows, history_told


def stale_setting(*, actor: Actor, subject_type: str, subject_id: UUID, types: Collection[str] = ()) -> Conflict:
    """The refusal of a form that was opened on another state than the setting is in now; it names whoever changed it last, by one of
    these ``types`` of events where some are named. To a partner's people: a colleague by name, anybody of the vendor as the vendor."""
    if actor.kind in PORTAL_DOOR:
        who = _who_to_a_partner(actor, subject_type, subject_id, types)
    else:
        rows = _of_types(history_rows(actor=actor, subject_type=subject_type, subject_id=subject_id), types)
        who = next((line.who for line in history_told(actor=actor, rows=rows[:1])), "")
    if not who:
        return Conflict(
            "stale_edit", _("This was changed while the form was open. Look at what is there now, then save again.")
        )
    words = _("%(who)s changed this while the form was open. Look at what is there now, then save again.")
    return Conflict("stale_edit", words % {"who": who})


def colleague_or_vendor(*, actor: Actor, person_id: UUID | None = None, user_id: UUID | None = None) -> str:
    """Somebody as a partner's person may know them: a colleague by name; whoever else it was, the vendor. One query at most."""
    people = Person.objects.visible_to(actor).filter(partner_id=actor.partner_id)
    if person_id is None and user_id is None:
        return str(settings.VENDOR_NAME)
    found = people.filter(pk=person_id) if person_id is not None else people.filter(user_id=user_id)
    return found.values_list("name", flat=True).first() or str(settings.VENDOR_NAME)


def _who_to_a_partner(actor: Actor, subject_type: str, subject_id: UUID, types: Collection[str]) -> str:
    """A partner's people read no event: the product reads whose hands the last one of their own partner was in, and nothing else of it."""
    with as_system("who changed what a partner's person has open") as system:
        rows = history_rows(actor=system, subject_type=subject_type, subject_id=subject_id).filter(
            partner_id=actor.partner_id
        )
        last = _of_types(rows, types).values_list("actor_kind", "actor_id").first()
    if last is None:
        return ""
    kind, user_id = last
    # Somebody may be a person of both sides: as what they acted is what counts.
    return colleague_or_vendor(actor=actor, user_id=user_id if kind in PORTAL_DOOR else None)


def _of_types(rows: QuerySet[OutboxEvent], types: Collection[str]) -> QuerySet[OutboxEvent]:
    return rows.filter(type__in=types) if types else rows
