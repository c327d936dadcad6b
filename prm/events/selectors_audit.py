"""Reading the audit chain back: what it covers, and the first thing in it that is not as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from prm.access.actors import Actor
from prm.events.models import AuditCheck, AuditEntry, Delivery, DeliveryState, OutboxEvent, PersonalPayload
from prm.events.rules_chain import BEGINNING, FAULTS, is_sealed, link_digest, personal_digest

CHAIN = "events.audit"
SLICE = 2_000


@dataclass(frozen=True)
class AuditFault:
    """Something that is not as it was written: the number of its entry and its event, and what is wrong (a key of ``FAULTS``)."""

    number: int
    event_id: UUID | None
    kind: str

    @property
    def words(self) -> str:
        """What is wrong, for the reader."""
        return str(FAULTS[self.kind])


def audit_entries(*, actor: Actor) -> QuerySet[AuditEntry]:
    """The chain with its events; a query, for paging."""
    return AuditEntry.objects.visible_to(actor).select_related("event")


def audit_checks(*, actor: Actor, limit: int = 10) -> list[AuditCheck]:
    """What the last verifications found, newest first."""
    return list(AuditCheck.objects.visible_to(actor).order_by("-id")[:limit])


@dataclass(frozen=True)
class Checkpoint:
    """Where a verification begins: after this entry, which has this digest and whose event stands at this position."""

    number: int = 0
    digest: str = BEGINNING
    position: int = 0


START = Checkpoint()


def audit_checkpoint(*, actor: Actor) -> Checkpoint:
    """Where the daily verification may begin: where the last one ended, if that found nothing and its seal is this installation's.

    Otherwise at the beginning: what was found broken once is looked at as a whole until it is mended. Two queries.
    """
    last = AuditCheck.objects.visible_to(actor).order_by("-id").first()
    if last is None or not last.is_whole or not last.entries:
        return START
    secrets = [key.encode() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if not is_sealed(last.seal, secrets, last.entries, last.last_digest):
        return START
    entry = AuditEntry.objects.visible_to(actor).select_related("event").filter(number=last.entries).first()
    if entry is None or entry.digest != last.last_digest or entry.event.position is None:
        return START
    return Checkpoint(entry.number, entry.digest, entry.event.position)


def audit_faults(*, actor: Actor, since: Checkpoint = START) -> Iterator[AuditFault]:
    """What is broken after ``since``, entry by entry. Reads the chain in slices, so that its length does not matter."""
    anchors = _anchors(actor, since.number)
    previous, number = since.digest, since.number
    rows = AuditEntry.objects.visible_to(actor).select_related("event__personal").order_by("number")
    while True:
        slice_ = list(rows.filter(number__gt=number)[:SLICE])
        for entry in slice_:
            yield from _faults_of(entry, previous, number, anchors)
            previous, number = entry.digest, entry.number
        if len(slice_) < SLICE:
            break
    cut = min((seen for seen in anchors if seen > number), default=None)
    if cut is not None:
        yield AuditFault(number + 1, None, "cut")
    yield from (AuditFault(number, key, "unchained") for key in _unchained(actor, since.position))


def _faults_of(entry: AuditEntry, previous: str, number: int, anchors: dict[int, str]) -> Iterator[AuditFault]:
    event = entry.event
    if entry.number != number + 1:
        yield AuditFault(entry.number, event.pk, "gap")
    if entry.previous != previous:
        yield AuditFault(entry.number, event.pk, "loose")
    if entry.digest != link_digest(entry.previous, event.envelope()):
        yield AuditFault(entry.number, event.pk, "event_changed")
    if anchors.get(entry.number, entry.digest) != entry.digest:
        yield AuditFault(entry.number, event.pk, "rewritten")
    if event.personal is not None and not _is_as_told(event.personal, event.personal_digest):
        yield AuditFault(entry.number, event.pk, "personal_changed")


def _is_as_told(kept: PersonalPayload, digest: str) -> bool:
    """Whether what is kept about a person is what was said, or was forgotten in order."""
    if kept.erased_at is not None:
        return kept.data is None and kept.salt is None
    return kept.data is not None and kept.salt is not None and personal_digest(bytes(kept.salt), kept.data) == digest


def _anchors(actor: Actor, since: int) -> dict[int, str]:
    """Number → digest, as earlier verifications that found nothing saw the end of the chain."""
    whole = AuditCheck.objects.visible_to(actor).filter(fault="", entries__gt=since)
    return dict(whole.values_list("entries", "last_digest"))


def _unchained(actor: Actor, since: int) -> Iterator[UUID]:
    """Events after a position, between the first and the last of the chain that are neither in it nor on their way."""
    chained = OutboxEvent.objects.visible_to(actor).filter(audit_entry__isnull=False, position__gt=since)
    span = chained.aggregate(first=Min("position"), last=Max("position"))
    if span["first"] is None:
        return
    # What was slipped in right behind the place where the last verification ended counts too.
    events = OutboxEvent.objects.visible_to(actor).filter(
        position__gt=since if since else span["first"] - 1, position__lte=span["last"], audit_entry__isnull=True
    )
    waiting = Delivery.objects.visible_to(actor).filter(
        event=OuterRef("pk"), subscriber=CHAIN, state__in=[DeliveryState.WAITING, DeliveryState.DEAD]
    )
    yield from events.filter(~Exists(waiting)).order_by("position").values_list("pk", flat=True)[:100]
