"""Studies: a question that can be asked again, its versioned runs, and what each run answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from prm.core.models import BaseModel, key_field
from prm.core.tables import TableClass
from prm.core.text import text_key


def title_after(name: str, more: int) -> str:
    """What a study is called that nobody has named, after its references."""
    if more:
        return gettext("Who looks like %(name)s and %(count)s more") % {"name": name, "count": more}
    return gettext("Who looks like %(name)s") % {"name": name}


class Study(BaseModel):
    """A question about the universe of companies. ``parameters`` are the question as it stands now; each run keeps its own."""

    table_class = TableClass.VENDOR
    typeid_prefix = "study"

    # Of its last finished run, where a selector adds them (``study_list``).
    last_run_at: datetime | None
    last_run_number: int | None
    last_kept: int | None
    last_universe: int | None
    last_finding: dict[str, Any] | None
    newest_finished_at: datetime | None
    newest_state: str | None

    kind = models.CharField(max_length=16, help_text="key of a StudyKind")
    title = models.CharField(_("title"), max_length=200)
    title_key = key_field()
    # Of a title that nobody wrote: the name of the first reference, and how many more there are.
    named_after = models.JSONField(null=True, blank=True)
    parameters = models.JSONField(default=dict)
    owner = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_number = models.PositiveIntegerField(default=0, editable=False)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="study_has_a_title"),
            models.CheckConstraint(condition=~Q(kind=""), name="study_has_a_kind"),
        ]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="study_recent")]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """The title; one that nobody wrote in the reader's language."""
        if not self.named_after:
            return str(self.title)
        return title_after(self.named_after["name"], self.named_after["more"])

    def save(self, *args: Any, **options: Any) -> None:
        self.title_key = text_key(self.title)
        super().save(*args, **options)


class Snapshot(BaseModel):
    """What runs read: the universe as one Arrow file, named by the hash of its content, so that equal data is stored once."""

    table_class = TableClass.VENDOR
    typeid_prefix = "snapshot"

    content_hash = models.CharField(max_length=64, unique=True)
    file = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="snapshot_recent")]

    def __str__(self) -> str:
        return f"{self.content_hash[:12]} ({self.rows})"


class StudyRun(BaseModel):
    """One answer to a study's question: parameters, snapshot, code version and seed give the same figures again.

    Its progress is its job's. ``finished_at`` is set once all results are stored. ``files`` maps a name (``profile``,
    ``vectors``) to a path in file storage. ``summary`` is what a page says above the rows: counts, quantiles, what is alike,
    stand-ins. ``evaluation`` is what held-out data says of the weights, or why it says nothing.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "run"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    parameters = models.JSONField()
    seed = models.PositiveIntegerField(default=0)
    code_version = models.CharField(max_length=40)
    snapshot = models.ForeignKey(Snapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    job = models.OneToOneField("jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    started_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    universe_count = models.PositiveIntegerField(null=True)
    kept_count = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    files = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    evaluation = models.JSONField(default=dict)
    # A person keeps it, and other pages take their figures from it; and: a record cites its figures. Either keeps it for ever.
    is_pinned = models.BooleanField(default=False)
    is_cited = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="run_number_once")]
        indexes = [models.Index(fields=["study", "-number"], name="run_latest")]

    def __str__(self) -> str:
        return f"{self.study_id} run {self.number}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class RunResult(BaseModel):
    """One row of a run's answer, the best 10,000 of them.

    ``line`` tells several rankings of one run apart: '' for the run as a whole, a product family's code otherwise. A kind fills
    what it has: ``score`` out of 100, with ``contributions`` group → tenths of a point (null: not known), adding up to it exactly;
    ``p10``/``p50``/``p90``, ``actual`` and ``gap`` in the reporting currency; ``drivers`` in the order of the waterfall.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "result"

    run = models.ForeignKey(StudyRun, on_delete=models.CASCADE, related_name="results")
    company = models.ForeignKey("partners.Company", on_delete=models.CASCADE, related_name="+")
    line = models.CharField(max_length=60, default="", db_collation="C")
    rank = models.PositiveIntegerField()
    row = models.PositiveIntegerField(help_text="row of the snapshot")
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    percentile = models.FloatField(null=True)
    known_share = models.FloatField()
    contributions = models.JSONField(default=dict)
    p10 = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    p50 = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    p90 = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    actual = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    gap = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    drivers = models.JSONField(default=dict)
    marks = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "line", "rank"], name="result_rank_once"),
            models.UniqueConstraint(fields=["run", "line", "company"], name="result_company_once"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100), name="result_score_range"
            ),
            models.CheckConstraint(
                condition=Q(p50__isnull=True) | (Q(p10__lte=F("p50")) & Q(p50__lte=F("p90"))),
                name="result_quantiles_in_order",
            ),
            models.CheckConstraint(condition=Q(known_share__gte=0, known_share__lte=1), name="result_known_share_range"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.line} {self.rank}"
