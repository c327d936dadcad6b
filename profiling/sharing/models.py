"""An answer of a study as invited specialists read it: a copy, and on purpose.

A specialist's database role reaches these three tables and, of them, the studies that it was invited to. Companies, runs and studies
themselves stay closed: what is told of a company is what stands in the row, by name.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.core.ids import typeid_encode
from prm.core.models import BaseModel
from prm.core.tables import TableClass
from prm.core.text import text_key
from profiling.studies.models import Study


class Publication(BaseModel):
    """The one run of a study that its specialists see. ``columns`` are those of its file: ``{"key", "kind", "label": {language: words}}``;
    ``finding`` and ``question`` (name → value) stand by language too."""

    table_class = TableClass.VENDOR
    study_column = "study_id"
    typeid_prefix = "publication"

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="publication")
    title = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    answered_at = models.DateTimeField()
    finding = models.JSONField(default=dict)
    question = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    rows_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-updated_at", "-id"]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="publication_recent")]

    def __str__(self) -> str:
        return self.title

    @property
    def study_public_id(self) -> str:
        """The study's TypeID, without reading the study, which its specialists may not."""
        return typeid_encode(Study.typeid_prefix, self.study_id)


class PublishedRow(BaseModel):
    """One company of it: ``values`` in the order of the columns; ``name_key`` for searching."""

    table_class = TableClass.VENDOR
    study_column = "study_id"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+", db_index=False)
    rank = models.PositiveIntegerField()
    name_key = models.CharField(max_length=300, db_collation="C", editable=False)
    values = models.JSONField(default=list)

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["study", "rank"], name="published_row_once")]

    def __str__(self) -> str:
        return f"{self.study_id} {self.rank}"


class Remark(BaseModel):
    """What somebody wrote about a shared answer, for everybody who sees it. ``author`` is the name of then."""

    table_class = TableClass.VENDOR
    study_column = "study_id"
    guest_may = "SELECT, INSERT"
    typeid_prefix = "remark"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    author = models.CharField(max_length=200)
    text = models.TextField(_("remark"), max_length=2000)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["study", "id"], name="remark_of_study")]

    def __str__(self) -> str:
        return text_key(self.text)[:60]
