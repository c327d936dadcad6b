"""Target lists: the companies that somebody means to go after (a target is an entry of a list)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.core.models import BaseModel, key_field
from prm.core.tables import TableClass
from prm.core.text import text_key
from profiling.studies.models import StudyRun


class TargetList(BaseModel):
    """A named list of companies to recruit."""

    table_class = TableClass.VENDOR
    typeid_prefix = "target_list"

    name = models.CharField(_("name"), max_length=200)
    name_key = key_field()
    note = models.TextField(_("note"), blank=True)
    owner = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="target_list_has_a_name")]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="target_list_recent")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.name_key = text_key(self.name)
        super().save(*args, **options)


class TargetListEntry(BaseModel):
    """A company on a list: which run proposed it, with what figure, why, and who put it there.

    A removed entry stays for undo; its policy shows it to nobody else.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "target"

    target_list = models.ForeignKey(TargetList, on_delete=models.CASCADE, related_name="entries")
    company = models.ForeignKey("partners.Company", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(StudyRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    potential = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    added_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target_list", "company"], condition=Q(removed_at=None), name="target_once_per_list"
            )
        ]
        indexes = [models.Index(fields=["target_list", "id"], name="target_in_order")]

    def __str__(self) -> str:
        return f"{self.target_list_id} {self.company_id}"
