"""The outbox: one row per thing that happened, written in the transaction of its cause (DESIGN §5)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from prm.core.ids import uuid7
from prm.core.scoping import ScopedManager
from prm.core.tables import TableClass


class OutboxEvent(models.Model):
    """The envelope of an event. ``data`` carries ids, codes and money, never personal text.

    ``position`` is given after commit by the one dispatcher: readers' cursors use it, because an id handed out before commit
    would skip the slower of two transactions.
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
        indexes = [models.Index(fields=["subject_type", "subject_id", "-id"], name="outbox_subject")]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_type} {self.subject_id}"
