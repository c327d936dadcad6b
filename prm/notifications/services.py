"""Telling people, and what they do with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.core.errors import Invalid
from prm.events.received import Received
from prm.notifications.kinds import KINDS, NotificationKind
from prm.notifications.models import Channel, DigestTime, Mail, Notification, Preference
from prm.notifications.rules import JOINS_FOR, MAIL_AFTER, MOST_ENTRIES, NEWS_FOR
from prm.notifications.selectors import kinds_for


def notify(
    *,
    actor: Actor,
    kind: str,
    people: Iterable[UUID | None],
    happened: Received,
    subject_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> int:
    """Tells these people of an event, each once; how many were told. Called by receivers only.

    Whoever did it is left out unless the kind says otherwise, and so is who has no account, who wants none of the kind, and old news.
    """
    if happened.occurred_at < timezone.now() - NEWS_FOR:
        return 0
    spec = KINDS.get(kind)
    entry = {"id": str(subject_id or happened.subject_id), "cause": str(happened.id), "data": dict(data or {})}
    doer = None if spec.tells_doer else happened.actor_id
    return tell(actor=actor, kind=spec, people=people, entry=entry, doer=doer)


@transaction.atomic
def tell(
    *, actor: Actor, kind: NotificationKind, people: Iterable[UUID | None], entry: dict[str, Any], doer: UUID | None = None
) -> int:
    """Writes ``entry`` into a notification of each person, joined with what was told minutes ago; mails wait until that is over."""
    wanted = {key for key in people if key is not None}
    found = Person.objects.visible_to(actor).filter(pk__in=wanted, user__isnull=False, archived_at__isnull=True)
    chosen = dict(
        Preference.objects.visible_to(actor).filter(person_id__in=wanted, kind=kind.key).values_list("person_id", "channel")
    )
    told = 0
    for person in found.order_by("pk"):
        channel = Channel(chosen.get(person.pk, kind.default))
        if channel is Channel.OFF or not kind.is_for(person.partner_id) or (doer is not None and person.user_id == doer):
            continue
        told += _tell_one(actor, kind, person, entry, channel)
    return told


def _tell_one(actor: Actor, kind: NotificationKind, person: Person, entry: dict[str, Any], channel: Channel) -> int:
    now = timezone.now()
    rows = Notification.objects.visible_to(actor).filter(person=person, kind=kind.key)
    if rows.filter(entries__contains=[{"cause": entry["cause"], "id": entry["id"]}]).exists():
        return 0
    fresh = rows.filter(read_at__isnull=True, channel=channel, created_at__gt=now - JOINS_FOR)
    row = fresh.select_for_update().order_by("-id").first() if kind.joins else None
    if row is not None:
        row.entries = [*row.entries, entry][-MOST_ENTRIES:]
        row.subject_id, row.count, row.told_at = UUID(entry["id"]), row.count + 1, now
        row.save(update_fields=["entries", "subject_id", "count", "told_at", "updated_at"])
        return 1
    row = Notification.objects.create(
        person=person, partner_id=person.partner_id, kind=kind.key, channel=channel, subject_type=kind.subject_type,
        subject_id=UUID(entry["id"]), entries=[entry], told_at=now,
    )  # fmt: skip
    if channel is Channel.MAIL:
        Mail.objects.create(person=person, notification=row, due_at=now + (MAIL_AFTER if kind.joins else timedelta(0)))
    return 1


def notification_read(*, actor: Actor, notification_id: UUID | str, is_read: bool = True) -> Notification:
    """Marks one of one's own as read, or as unread again. Raises NotFound, Denied."""
    authorize(actor, "notifications.notification:edit")
    row: Notification = Notification.objects.visible_to(actor, "edit").select_for_update().one(notification_id)
    if is_read != (row.read_at is not None):
        row.read_at = timezone.now() if is_read else None
        row.save(update_fields=["read_at", "updated_at"])
        row.refresh_from_db()
    return row


def notifications_read(*, actor: Actor, until: datetime | None = None) -> int:
    """Marks all of one's own as read that were there at ``until``; how many. Raises Denied."""
    authorize(actor, "notifications.notification:edit")
    now = timezone.now()
    rows = Notification.objects.visible_to(actor, "edit").filter(is_read=False, created_at__lte=until or now)
    return rows.update(read_at=now, updated_at=now)


@transaction.atomic
def preferences_set(*, actor: Actor, channels: Mapping[str, str]) -> None:
    """How the actor wants to be told of these kinds. Raises Invalid for an unknown kind or channel, Denied."""
    authorize(actor, "notifications.preference:edit")
    known = {kind.key for kind in kinds_for(actor=actor)}
    for kind, channel in channels.items():
        if kind not in known:
            raise Invalid("unknown_kind", _("There is no such kind of notification."), field="kind")
        if channel not in Channel.values:
            raise Invalid("unknown_channel", _("Choose how you want to be told."), field="channel")
        _prefer(actor, actor.person_id, actor.partner_id, kind, Channel(channel))


def digest_time_set(
    *, actor: Actor, hour: int | None = None, zone: str | None = None, is_wanted: bool | None = None
) -> DigestTime:
    """When the actor's daily mail leaves; what is None stays. Raises Invalid (``hour``, ``zone``), Denied."""
    authorize(actor, "notifications.digest_time:edit")
    if hour is not None and not 0 <= hour <= 23:
        raise Invalid("invalid_value", _("An hour is a number from 0 to 23."), field="hour")
    if zone and zone not in available_timezones():
        raise Invalid("unknown_zone", _("There is no such time zone."), field="zone")
    values = {"hour": hour, "zone": zone, "is_wanted": is_wanted}
    return _digest_time(actor, actor.person_id, actor.partner_id, {k: v for k, v in values.items() if v is not None})


@transaction.atomic
def unsubscribe(*, actor: Actor, person_id: UUID, kind: str) -> None:
    """Sends a person no more e-mail of a kind, or (``digest``) no daily one; in the product they are told as before.

    Called as the product itself, for whoever holds the signed link of a mail: it does nothing else, and needs no session (RFC 8058).
    """
    person = Person.objects.visible_to(actor).filter(pk=person_id).first()
    if person is None:
        return
    if kind == "digest":
        _digest_time(actor, person.pk, person.partner_id, {"is_wanted": False})
    elif kind in KINDS:
        _prefer(actor, person.pk, person.partner_id, kind, Channel.IN_APP)


def _prefer(actor: Actor, person_id: UUID | None, partner_id: UUID | None, kind: str, channel: Channel) -> None:
    rows = Preference.objects.visible_to(actor)
    rows.update_or_create(person_id=person_id, kind=kind, defaults={"channel": channel, "partner_id": partner_id})


def _digest_time(actor: Actor, person_id: UUID | None, partner_id: UUID | None, values: dict[str, Any]) -> DigestTime:
    rows = DigestTime.objects.visible_to(actor)
    found: DigestTime = rows.update_or_create(person_id=person_id, defaults={**values, "partner_id": partner_id})[0]
    return found
