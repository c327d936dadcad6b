"""Writing the audit chain, checking it, forgetting people in it, and deciding on dead letters."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid
from prm.events.models import AuditCheck, AuditEntry, Delivery, DeliveryState, OutboxEvent, PersonalPayload
from prm.events.rules_chain import BEGINNING, link_digest, seal_of
from prm.events.runner.waking import wake
from prm.events.selectors_audit import START, audit_checkpoint, audit_faults

MOST_AT_ONCE = 1_000


def audit_append(*, actor: Actor, event_id: UUID) -> AuditEntry:
    """Adds the next link for an event. One caller at a time: the subscriber of the chain, in order of position."""
    event = OutboxEvent.objects.visible_to(actor).one(event_id)
    last = AuditEntry.objects.visible_to(actor).order_by("-number").first()
    previous = last.digest if last else BEGINNING
    return AuditEntry.objects.create(
        number=last.number + 1 if last else 1,
        event=event,
        previous=previous,
        digest=link_digest(previous, event.envelope()),
    )


def audit_check(*, actor: Actor, only_new: bool = False) -> AuditCheck:
    """Verifies the whole chain, or what came after the last verification where that stands (``audit_checkpoint``), and writes down what it
    found. Raises Denied."""
    authorize(actor, "events.audit:verify")
    began = time.monotonic()
    since = audit_checkpoint(actor=actor) if only_new else START
    fault = next(audit_faults(actor=actor, since=since), None)
    last = AuditEntry.objects.visible_to(actor).order_by("-number").first()
    entries, digest = (last.number, last.digest) if last else (0, "")
    return AuditCheck.objects.create(
        entries=entries,
        last_digest=digest,
        since=since.number,
        seal=seal_of(settings.SECRET_KEY.encode(), entries, digest),
        broken_number=fault.number if fault else None,
        broken_event_id=fault.event_id if fault else None,
        fault=fault.kind if fault else "",
        seconds=round(time.monotonic() - began, 3),
    )


def personal_erase(*, actor: Actor, person_id: UUID) -> int:
    """Forgets what events say in words about a person; how many payloads. The chain stays valid. Raises Denied."""
    authorize(actor, "events.personal:erase")
    kept = PersonalPayload.objects.visible_to(actor, "erase").filter(person_id=person_id, erased_at__isnull=True)
    now = timezone.now()
    return kept.update(data=None, salt=None, erased_at=now, updated_at=now)


def deliveries_replay(*, actor: Actor, deliveries: Sequence[UUID | str]) -> int:
    """Sends dead (or discarded) letters on their way again, as if never tried; how many. Raises Denied, NotFound, Invalid, Conflict."""
    rows = _letters(actor, deliveries, "replay", {DeliveryState.DEAD, DeliveryState.DISCARDED})
    now = timezone.now()
    count = (
        Delivery.objects.visible_to(actor, "replay")
        .filter(pk__in=[row.pk for row in rows])
        .update(state=DeliveryState.WAITING, attempts=0, due_at=now, ended_at=None, discard_reason="", updated_at=now)
    )
    transaction.on_commit(wake)
    return count


def deliveries_discard(*, actor: Actor, deliveries: Sequence[UUID | str], reason: str) -> int:
    """Decides that dead letters need not arrive, and why; how many. Raises Denied, NotFound, Invalid, Conflict."""
    rows = _letters(actor, deliveries, "discard", {DeliveryState.DEAD})
    reason = reason.strip()
    if not reason:
        raise Invalid("reason_missing", _("Say why they need not arrive."), field="reason")
    now = timezone.now()
    return (
        Delivery.objects.visible_to(actor, "discard")
        .filter(pk__in=[row.pk for row in rows])
        .update(state=DeliveryState.DISCARDED, ended_at=now, discard_reason=reason[:300], updated_at=now)
    )


def _letters(actor: Actor, named: Sequence[UUID | str], verb: str, states: set[DeliveryState]) -> list[Delivery]:
    """The deliveries of these names, locked. Raises as its callers say."""
    authorize(actor, f"events.delivery:{verb}")
    if not named or len(named) > MOST_AT_ONCE:
        raise Invalid("nothing_chosen", _("Choose between 1 and %(most)d of them.") % {"most": MOST_AT_ONCE})
    scope = Delivery.objects.visible_to(actor, verb).select_for_update()
    rows = [scope.one(name) for name in named]
    elsewhere = [row for row in rows if row.state not in states]
    if elsewhere:
        raise Conflict("not_a_dead_letter", _("Somebody has decided on this already."), state=elsewhere[0].state)
    return rows


def deliveries_forget(*, actor: Actor, before_days: int = 7) -> int:
    """Removes the marks of what was delivered long ago; how many. The events stay; so do dead letters."""
    authorize(actor, "events.delivery:discard")
    horizon = timezone.now() - timedelta(days=before_days)
    ended = Delivery.objects.visible_to(actor, "discard").filter(
        state__in=[DeliveryState.DONE, DeliveryState.DISCARDED], ended_at__lt=horizon
    )
    return ended.delete()[0]
