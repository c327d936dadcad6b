"""Answers kept for callers that ask twice."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from prm.core.ids import uuid7
from prm.core.tables import TableClass


class IdempotencyRecord(models.Model):
    """The answer to a POST under an ``Idempotency-Key``, kept for a day. ``caller`` is the API key or the account, ``place``
    where it acts (``Actor.place``): what somebody did for one partner answers nothing that they ask for another."""

    table_class = TableClass.IDENTITY

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    caller = models.UUIDField()
    place = models.CharField(max_length=36, default="", db_default="")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "place", "key"], name="idempotency_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
