"""A job, its chunks, what it said on the way, and which periodic slots were claimed. All state of long work stands here."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.core.ids import uuid7
from prm.core.models import BaseModel
from prm.core.scoping import ScopedManager
from prm.core.tables import TableClass


class JobState(models.TextChoices):
    """A job's life. Queued, running and cancelling are open; the others are final, but a failed job can be retried."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    CANCELLING = "cancelling", _("Stopping")
    CANCELLED = "cancelled", _("Cancelled")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.CANCELLING)
FINAL_STATES = (JobState.CANCELLED, JobState.DONE, JobState.FAILED)


class ChunkState(models.TextChoices):
    """A chunk's life. Running with nobody holding its lock means that its worker died: it is handed out again."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Queue(models.TextChoices):
    """Where workers look: a person is waiting, or the work is large."""

    INTERACTIVE = "interactive", _("Interactive")
    BULK = "bulk", _("Bulk")


class Job(BaseModel):
    """One piece of long work. ``actor`` holds what is needed to act as its starter again: ids only, rights are read anew.

    ``units_total`` is unknown (NULL) until the work is planned. ``result`` is small: counts, ids, names of files.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "job"

    kind = models.CharField(_("kind"), max_length=80)
    title = models.CharField(_("title"), max_length=300)
    state = models.CharField(_("state"), max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    queue = models.CharField(max_length=12, choices=Queue.choices, default=Queue.BULK)
    parameters = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)
    subject_id = models.UUIDField(_("subject"), null=True, blank=True)
    owner_id = models.UUIDField(_("owner"), null=True, blank=True)
    actor = models.JSONField(default=dict)
    planned_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    woken_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    units_done = models.BigIntegerField(default=0)
    units_total = models.BigIntegerField(null=True, blank=True)
    step = models.CharField(max_length=40, blank=True)
    step_notes = models.JSONField(default=dict)
    failures = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="job_newest"),
            models.Index(fields=["owner_id", "-created_at", "-id"], name="job_mine"),
            models.Index(
                fields=["created_at"], name="job_open", condition=models.Q(state__in=[s.value for s in OPEN_STATES])
            ),
            models.Index(fields=["subject_id", "-created_at"], name="job_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_final_states_have_an_end",
                condition=models.Q(state__in=[s.value for s in OPEN_STATES], finished_at__isnull=True)
                | models.Q(state__in=[s.value for s in FINAL_STATES], finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether work on it may still go on."""
        return self.state in OPEN_STATES


class JobChunk(BaseModel):
    """One part of a job. ``attempts`` counts starts (also those that ended in a kill), ``failures`` counts errors.

    ``attempts`` is the fencing token of the done mark: a worker that was thought dead cannot mark a later attempt.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "chunk"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=40, blank=True)
    payload = models.JSONField(default=dict)
    units = models.BigIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ChunkState.choices, default=ChunkState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    file_name = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["job", "number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="job_chunk_number")]
        indexes = [
            models.Index(
                fields=["job", "number"], name="job_chunk_undone", condition=models.Q(state__in=["waiting", "running"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.job_id} #{self.number} {self.state}"


class JobLine(models.Model):
    """A line of a job's log, in the words of its starter's language."""

    table_class = TableClass.VENDOR

    class Level(models.TextChoices):
        INFO = "info", _("Information")
        WARNING = "warning", _("Warning")
        ERROR = "error", _("Error")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField(default=timezone.now)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.INFO)
    text = models.CharField(max_length=500)

    objects = ScopedManager()

    class Meta:
        ordering = ["job", "id"]

    def __str__(self) -> str:
        return self.text


class PeriodicSlot(models.Model):
    """That a periodic task ran for a slot of time: the row is the claim, so two beats or two workers run it once."""

    table_class = TableClass.VENDOR

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.CharField(max_length=80)
    slot = models.BigIntegerField()
    claimed_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "slot"], name="periodic_slot_once")]
        indexes = [models.Index(fields=["claimed_at"], name="periodic_slot_age")]

    def __str__(self) -> str:
        return f"{self.task} {self.slot}"
