"""What people are told, how they want to be told, and the mails that tell them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass


class Channel(models.TextChoices):
    """How somebody is told of one kind; each but ``off`` is in the product too."""

    MAIL = "mail", _("E-mail at once")
    DIGEST = "digest", _("Daily e-mail")
    IN_APP = "in_app", _("Here only")
    OFF = "off", _("Not at all")


class Notification(BaseModel):
    """What one person is told. ``partner_id`` is the place of the person that it is for, NULL for the vendor's.

    ``entries`` are what was joined into it: ``{"id": record, "cause": event, "data": ids and codes}`` each; words are found when it is
    shown, by what its reader may see then. ``subject_id`` is the record of the last one.
    """

    table_class = TableClass.OWNED_OR_VENDOR
    portal_may = "SELECT, UPDATE"
    typeid_prefix = "notification"

    partner_id = models.UUIDField(null=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60, db_collation="C")
    channel = models.CharField(max_length=8, choices=Channel)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    entries = models.JSONField(default=list)
    count = models.PositiveIntegerField(default=1)
    told_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    # The order of the list, and what the bell counts.
    is_read = models.GeneratedField(
        expression=Q(read_at__isnull=False),  # type: ignore[arg-type]  # a condition is an expression to Django, not to its stubs
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["is_read", "-id"]
        indexes = [
            models.Index(fields=["person", "is_read", "-id"], name="notification_of_person"),
            models.Index(
                fields=["person", "created_at"],
                name="notification_for_digest",
                condition=Q(channel="digest", read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person_id}"


class Preference(BaseModel):
    """How somebody wants to be told of one kind; without a row the kind's own default holds."""

    table_class = TableClass.OWNED_OR_VENDOR
    portal_may = "SELECT, INSERT, UPDATE"
    typeid_prefix = "preference"

    partner_id = models.UUIDField(null=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60, db_collation="C")
    channel = models.CharField(max_length=8, choices=Channel)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="preference_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.channel}"


class DigestTime(BaseModel):
    """When somebody's daily e-mail leaves: an hour of their own clock. Without a row: 8 o'clock where the vendor is."""

    table_class = TableClass.OWNED_OR_VENDOR
    portal_may = "SELECT, INSERT, UPDATE"
    typeid_prefix = "digest_time"

    partner_id = models.UUIDField(null=True, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    hour = models.PositiveSmallIntegerField(_("hour"), default=8)
    zone = models.CharField(_("time zone"), max_length=60, blank=True)
    is_wanted = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(hour__lte=23), name="digest_time_hour")]

    def __str__(self) -> str:
        return f"{self.hour} {self.zone}"


class MailState(models.TextChoices):
    """Where a mail stands."""

    WAITING = "waiting", _("Waiting")
    LEAVING = "leaving", _("Leaving")
    SENT = "sent", _("Has left")
    NEEDLESS = "needless", _("Not needed any more")


class Mail(BaseModel):
    """One mail to one person, about one notification or a day's digest: once each, by constraint.

    When it is due it is handed to the outbox (``MailDue``), whose delivery keeps attempts, pauses and dead letters. An e-mail is never
    sent exactly once: a worker killed after the mail server took the mail and before the mark was written cannot know, and sends again.
    Both carry the same ``Message-ID``, by which mail programs show one. So it is sent at least once, and once in effect.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "mail"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    notification = models.OneToOneField(Notification, null=True, on_delete=models.CASCADE, related_name="mail")
    digest_on = models.DateField(null=True)
    digest_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=MailState, default=MailState.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "digest_on"], name="mail_one_digest_a_day"),
            models.CheckConstraint(
                condition=Q(notification__isnull=False) ^ Q(digest_on__isnull=False), name="mail_about_one_thing"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="mail_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
