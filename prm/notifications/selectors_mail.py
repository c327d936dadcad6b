"""Reading mails: what one is about, as its reader may see it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from prm.access.actors import Actor
from prm.notifications.models import Channel, Mail, MailState, Notification

MOST_IN_DIGEST = 50
_DAY = timedelta(days=1)


def mail_get(*, actor: Actor, mail_id: UUID) -> Mail | None:
    """A mail with its person; None when it is gone."""
    return Mail.objects.visible_to(actor).select_related("person").filter(pk=mail_id).first()


def mail_is_over(*, actor: Actor, mail: Mail) -> bool:
    """Whether it was sent, or found to be needless."""
    return mail.state in {MailState.SENT, MailState.NEEDLESS}


def mail_about(*, actor: Actor, mail: Mail) -> list[Notification]:
    """The unread notifications that a mail tells its reader of, newest first: its own one, or the day's. One query."""
    rows = Notification.objects.visible_to(actor).filter(is_read=False)
    if mail.notification_id:
        return list(rows.filter(pk=mail.notification_id))
    assert mail.digest_until is not None
    day = rows.filter(channel=Channel.DIGEST, created_at__lte=mail.digest_until, created_at__gt=mail.digest_until - 7 * _DAY)
    return list(day.order_by("-id")[:MOST_IN_DIGEST])
