"""The outbox: one row per thing that happened, written in the transaction of its cause; and who has heard of it (DESIGN §5)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.core.ids import uuid7
from prm.core.models import BaseModel
from prm.core.scoping import ScopedManager
from prm.core.tables import TableClass


class OutboxEvent(models.Model):
    """The envelope of an event. ``data`` carries ids, codes and money, never personal text.

    ``position`` is given after commit by the one dispatcher: readers' cursors use it, because an id handed out before commit
    would skip the slower of two transactions. A trigger refuses every other change, and every removal.
    """

    table_class = TableClass.VENDOR
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
    correlation_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    objects = ScopedManager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="outbox_subject"),
            models.Index(fields=["id"], name="outbox_fresh", condition=models.Q(position__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_type} {self.subject_id}"


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
