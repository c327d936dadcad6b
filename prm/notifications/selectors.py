"""Reading notifications: one's own list, how many are unread, how one wants to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.notifications.kinds import KINDS, Named, NotificationKind
from prm.notifications.models import Channel, DigestTime, Notification, Preference


@dataclass(frozen=True)
class Told:
    """A notification as its reader may see it now. ``is_gone``: nothing of it may be seen any more, and nothing is said of it."""

    notification: Notification
    sentence: str
    url: str
    icon: str
    is_gone: bool = False


def notification_list(*, actor: Actor, kind: str = "", unread: bool = False) -> QuerySet[Notification]:
    """One's own, unread first, then newest; a query, for paging. Raises Denied."""
    authorize(actor, "notifications.notification:view")
    rows = Notification.objects.visible_to(actor)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(is_read=False) if unread else rows


def notification_get(*, actor: Actor, notification_id: UUID | str) -> Notification:
    """One of one's own. Raises NotFound, Denied."""
    found: Notification = notification_list(actor=actor).one(notification_id)  # type: ignore[attr-defined]
    return found


def unread_count(*, actor: Actor) -> int:
    """How many are unread, at most 100: what the bell says. One query on an index."""
    return Notification.objects.visible_to(actor).filter(is_read=False)[:100].count()


def told_of(*, actor: Actor, rows: Sequence[Notification]) -> list[Told]:
    """The notifications in words, in the active language. One lookup of names for each kind among them."""
    named: dict[str, Mapping[UUID, Named]] = {}
    for key in {row.kind for row in rows if row.kind in KINDS}:
        ids = {UUID(entry["id"]) for row in rows if row.kind == key for entry in row.entries}
        named[key] = KINDS.get(key).named(actor, sorted(ids))
    return [_told(row, named.get(row.kind, {})) for row in rows]


def _told(row: Notification, named: Mapping[UUID, Named]) -> Told:
    # The last word on each record counts.
    seen = {UUID(entry["id"]): entry for entry in row.entries if UUID(entry["id"]) in named}
    if not seen:
        return Told(row, _("Something that you may not see any more"), "", "eye-off", is_gone=True)
    kind = KINDS.get(row.kind)
    key, entry = next(reversed(seen.items()))
    if len(seen) == 1:
        words = {"name": named[key].name, **kind.words(entry["data"])}
        return Told(row, str(kind.one) % words, named[key].url, kind.icon)
    beyond = row.count - len(row.entries)
    return Told(row, str(kind.many) % {"n": len(seen) + beyond, "name": named[key].name}, named[key].url, kind.icon)


def kinds_for(*, actor: Actor) -> list[NotificationKind]:
    """The kinds that the actor can get at all."""
    return [kind for kind in KINDS if kind.is_for(actor.partner_id)]


def channels_of(*, actor: Actor) -> dict[str, Channel]:
    """Kind → how the actor is told of it. One query. Raises Denied."""
    authorize(actor, "notifications.preference:view")
    chosen = dict(Preference.objects.visible_to(actor).values_list("kind", "channel"))
    return {kind.key: Channel(chosen.get(kind.key, kind.default)) for kind in kinds_for(actor=actor)}


def digest_time_of(*, actor: Actor) -> DigestTime:
    """When the actor's daily mail leaves; with the default's values where nothing was chosen. Raises Denied."""
    authorize(actor, "notifications.digest_time:view")
    found: DigestTime | None = DigestTime.objects.visible_to(actor).first()
    return found or DigestTime(partner_id=actor.partner_id)


def zone_of(*, actor: Actor, time: DigestTime | None) -> ZoneInfo:
    """The zone that a digest goes by: the person's own, else the installation's."""
    return ZoneInfo(time.zone if time is not None and time.zone else settings.TIME_ZONE)
