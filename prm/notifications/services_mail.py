"""Mails: which are due, and what became of them. Writing and sending them is ``letters``."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from prm.access.actors import Actor
from prm.events.publishing import publish_all
from prm.notifications.events import MailDue
from prm.notifications.models import Channel, DigestTime, Mail, MailState, Notification
from prm.notifications.rules import last_slot
from prm.notifications.selectors import zone_of

AT_ONCE = 200


@transaction.atomic
def mails_hand_over(*, actor: Actor, now: datetime | None = None) -> int:
    """Hands what is due to the outbox, each mail once whoever asks at the same time; how many. Publishes MailDue."""
    due = Mail.objects.visible_to(actor).filter(state=MailState.WAITING, due_at__lte=now or timezone.now())
    keys = list(due.select_for_update(skip_locked=True).order_by("due_at").values_list("pk", flat=True)[:AT_ONCE])
    if keys:
        Mail.objects.visible_to(actor).filter(pk__in=keys).update(state=MailState.LEAVING, updated_at=timezone.now())
        publish_all([MailDue(subject_id=key) for key in keys], actor=actor)
    return len(keys)


@transaction.atomic
def digests_plan(*, actor: Actor, now: datetime | None = None) -> int:
    """Makes the daily mail of everybody whose hour has come and who has something unread from before it; how many.

    The row of (person, day) is the claim: two who plan at once make one. Nothing new makes none.
    """
    moment = now or timezone.now()
    waiting = Notification.objects.visible_to(actor).filter(channel=Channel.DIGEST, read_at__isnull=True)
    people = list(waiting.order_by().values_list("person_id", flat=True).distinct())
    times = {time.person_id: time for time in DigestTime.objects.visible_to(actor).filter(person_id__in=people)}
    last: dict[UUID, datetime] = {}
    for person_id, until in (
        Mail.objects.visible_to(actor)
        .filter(person_id__in=people, digest_on__isnull=False)
        .order_by("digest_on")
        .values_list("person_id", "digest_until")
    ):
        last[person_id] = until
    fresh = []
    for person_id in people:
        time = times.get(person_id)
        if time is not None and not time.is_wanted:
            continue
        day, slot = last_slot(moment, zone_of(actor=actor, time=time), time.hour if time is not None else 8)
        news = waiting.filter(person_id=person_id, created_at__lte=slot)
        if person_id in last:
            news = news.filter(created_at__gt=last[person_id])
        if news.exists():
            fresh.append(Mail(person_id=person_id, digest_on=day, digest_until=slot, due_at=moment))
    before = Mail.objects.visible_to(actor).filter(digest_on__isnull=False).count() if fresh else 0
    Mail.objects.bulk_create(fresh, ignore_conflicts=True)
    return Mail.objects.visible_to(actor).filter(digest_on__isnull=False).count() - before if fresh else 0


def mail_end(*, actor: Actor, mail_id: UUID, is_sent: bool) -> None:
    """Marks a mail as sent, or as not needed any more."""
    now = timezone.now()
    Mail.objects.visible_to(actor).filter(pk=mail_id).update(
        state=MailState.SENT if is_sent else MailState.NEEDLESS, sent_at=now if is_sent else None, updated_at=now
    )
