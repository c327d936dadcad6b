"""What a merge of two companies did, so that it can be told and undone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass
from prm.partners.models.company import Company


class CompanyMerge(BaseModel):
    """One merge: ``gone`` became part of ``kept``.

    ``moved``: table and column → ids of the rows that moved. ``facts``: fact → value and provenance of the company that stays, before and
    after. ``added``: ids of the ``CompanyFact`` rows that keep what was not chosen. ``partner``: what became of the relationships.
    ``was_archived_at`` is the company's that went.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "merge"

    kept = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    gone = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    moved = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    added = models.JSONField(default=list)
    partner = models.JSONField(default=dict)
    was_archived_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at__isnull=True), name="merged_once_at_a_time"),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"
