"""The outbox: one row per thing that happened, written in the transaction of its cause; who has heard of it; and the audit chain
over all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.core.correlation import request_id_of
from prm.core.ids import typeid_encode, uuid7
from prm.core.models import BaseModel
from prm.core.scoping import ScopedManager
from prm.core.tables import TableClass
from prm.events.rules_chain import FAULTS

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class PersonalPayload(BaseModel):
    """What an event says about a person, apart from it, so that it can be forgotten: without data and salt nobody finds out what it
    was, and the event, which carries its salted digest, stays as it was chained.
    """

    table_class = TableClass.OWNED_OR_VENDOR
    portal_may = "INSERT"

    partner_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    data = models.JSONField(null=True)
    salt = models.BinaryField(max_length=32, null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person_id"], name="personal_payload_person")]

    def __str__(self) -> str:
        return f"about {self.person_id}"


class OutboxEvent(models.Model):
    """The envelope of an event. ``data`` carries ids, codes and money, never personal text.

    ``position`` is given after commit by the one dispatcher: readers' cursors use it, because an id handed out before commit
    would skip the slower of two transactions. With it comes ``subject_version``: the first event of a record is 1, the next 2, so that who
    keeps a copy knows what it has missed and what came late. Triggers refuse a place that is given before, every other change, and
    every removal.
    ``correlation_id``: what it is part of (``prm.core.correlation``).
    """

    # A partner's people add to it and read nothing of it: what the vendor did with them stands in it too.
    table_class = TableClass.OWNED_OR_VENDOR
    portal_may, vendor_may, system_may = "INSERT", "SELECT, INSERT", "SELECT, INSERT, UPDATE"
    typeid_prefix = "event"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    position = models.BigIntegerField(null=True, editable=False, unique=True)
    type = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    occurred_at = models.DateTimeField(default=timezone.now, editable=False)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    partner_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_version = models.PositiveIntegerField(null=True, editable=False)
    correlation_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    personal = models.ForeignKey(PersonalPayload, null=True, on_delete=models.PROTECT, related_name="events", db_index=False)
    personal_digest = models.CharField(max_length=64, blank=True, default="")

    objects = ScopedManager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="outbox_subject"),
            models.Index(fields=["id"], name="outbox_fresh", condition=models.Q(position__isnull=True)),
            models.Index(fields=["correlation_id", "id"], name="outbox_correlation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "subject_version"],
                condition=models.Q(subject_version__isnull=False),
                name="outbox_subject_version",
            ),
            # Beyond these a database tells times that no program here reads.
            models.CheckConstraint(condition=models.Q(occurred_at__range=(EARLIEST, LATEST)), name="outbox_occurred"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_type} {self.subject_id}"

    @property
    def public_id(self) -> str:
        """The TypeID that pages and the API show."""
        return typeid_encode(self.typeid_prefix, self.pk)

    @property
    def request_id(self) -> str:
        """What it is part of, as people and programs name it; "" where nobody noted that."""
        return request_id_of(self.correlation_id) if self.correlation_id else ""

    def envelope(self) -> dict[str, Any]:
        """Everything that the event says, as the audit chain covers it: its personal texts as their digest."""
        keys = ("id", "actor_id", "partner_id", "subject_id", "correlation_id", "personal_id")
        plain = ("position", "type", "version", "actor_kind", "subject_type", "data", "personal_digest")
        # What was chained before subjects had versions is covered as it was.
        counted = {} if self.subject_version is None else {"subject_version": self.subject_version}
        return {
            **counted,
            **{name: getattr(self, name) for name in plain},
            **{name: None if getattr(self, name) is None else str(getattr(self, name)) for name in keys},
            "occurred_at": self.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
        }


class DeliveryState(models.TextChoices):
    """Where one event stands with one subscriber."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Delivered")
    DEAD = "dead", _("Dead letter")
    DISCARDED = "discarded", _("Discarded")


class Delivery(BaseModel):
    """One event on its way to one subscriber; once done, the subscriber's mark that it has had it.

    ``claimed_by`` is the advisory lock that the session of the worker at it holds: when nobody holds that lock, the worker is dead.
    ``attempts`` counts claims, so that an event which kills its worker is counted too.
    """

    table_class = TableClass.VENDOR
    vendor_may = "SELECT, UPDATE"
    typeid_prefix = "delivery"

    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    subscriber = models.CharField(max_length=80)
    position = models.BigIntegerField()
    subject_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_by = models.BigIntegerField(null=True)
    error = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    discard_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once")]
        indexes = [
            models.Index(fields=["subscriber", "position"], name="delivery_next", condition=models.Q(state="waiting")),
            models.Index(
                fields=["subscriber", "subject_id", "position"], name="delivery_lane", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["-id"], name="delivery_dead", condition=models.Q(state="dead")),
            models.Index(fields=["ended_at"], name="delivery_ended", condition=models.Q(state__in=["done", "discarded"])),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.subscriber}: {self.state}"


class AuditEntry(models.Model):
    """One link of the audit chain: ``digest`` covers the event and the digest before it, so that a later change of either shows.

    Only ever added to: a trigger refuses the rest, also to the owner of the table.
    """

    table_class = TableClass.VENDOR
    vendor_may, system_may = "SELECT", "SELECT, INSERT"

    number = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(OutboxEvent, on_delete=models.PROTECT, related_name="audit_entry")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    written_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"#{self.number} {self.digest[:12]}"


class AuditCheck(BaseModel):
    """One verification of the chain: how far it went, and the first broken entry if there was one. Only ever added to.

    ``last_digest`` is the anchor of later ones: a chain that was cut or written anew before it no longer has it. ``since`` is the entry
    after which it began, 0 for the whole chain. ``seal`` is made with the installation's secret, so that whoever owns the tables cannot
    write a place to begin at (``rules_chain.seal_of``).
    """

    table_class = TableClass.VENDOR
    vendor_may = system_may = "SELECT, INSERT"

    entries = models.BigIntegerField()
    since = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64, blank=True)
    last_digest = models.CharField(max_length=64, blank=True)
    broken_number = models.BigIntegerField(null=True)
    broken_event_id = models.UUIDField(null=True)
    fault = models.CharField(max_length=40, blank=True)
    seconds = models.FloatField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.entries} entries: {self.fault or 'whole'}"

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found broken."""
        return not self.fault

    @property
    def is_full(self) -> bool:
        """Whether it read the chain from its beginning."""
        return self.since == 0

    @property
    def looked_at(self) -> int:
        """How many entries it read."""
        return self.entries - self.since

    @property
    def broken_event(self) -> str:
        """The TypeID of the event of the first broken entry; "" when there is none."""
        return typeid_encode(OutboxEvent.typeid_prefix, self.broken_event_id) if self.broken_event_id else ""

    @property
    def words(self) -> str:
        """What was found wrong, for the reader."""
        return str(FAULTS[self.fault]) if self.fault else ""
