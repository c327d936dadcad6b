"""Who took what out: every export, whether it went out at once or was prepared by a job, and for how long its file is kept."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.core.models import BaseModel
from prm.core.tables import TableClass
from prm.jobs.models import Job

#: How long the file of a prepared export can be fetched.
KEPT_FOR = timedelta(days=7)


class Export(BaseModel):
    """One export of one list. ``query`` is the list's query string; ``row_count`` is unknown until the rows are written.

    ``file_name`` names the file in storage while it is kept; exports that went out at once have none. ``owner_id`` is the account
    that asked, which alone may fetch the file.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "export"

    source = models.CharField(max_length=60)
    of = models.CharField(max_length=80, blank=True)
    query = models.CharField(max_length=4000, blank=True)
    title = models.CharField(_("title"), max_length=300)
    file_format = models.CharField(_("format"), max_length=8, choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    machine_heads = models.BooleanField(default=False)
    row_count = models.BigIntegerField(_("rows"), null=True, blank=True)
    owner_id = models.UUIDField(_("owner"), null=True, blank=True)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=300, blank=True)
    file_size = models.BigIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="export_newest"),
            models.Index(fields=["owner_id", "-created_at", "-id"], name="export_mine"),
            models.Index(fields=["expires_at"], name="export_to_remove", condition=~models.Q(file_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.file_format}"

    @property
    def is_ready(self) -> bool:
        """Whether its file lies in storage."""
        return bool(self.file_name)

    @property
    def day(self) -> date:
        """The day that its file's name holds, in the vendor's zone."""
        return timezone.localdate(self.finished_at or self.created_at)
