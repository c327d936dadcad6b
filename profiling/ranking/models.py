"""What a manager knows better than the formula: a corrected potential, with its author and reason."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.core.models import BaseModel
from prm.core.tables import TableClass


class Correction(BaseModel):
    """A factor or a potential set by hand for one company; the one in force replaces what the formula computes.

    ``line`` is the product family's code where it is about fit or potential, else ''. Rows are never changed but for
    ``withdrawn_at``: they are the history of what was believed, by whom and why.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "correction"

    class What(models.TextChoices):
        POTENTIAL = "potential", _("Potential")
        CAPACITY = "capacity", _("What it can sell")
        SHARE = "share", _("Our share of its business")
        FIT = "fit", _("Part of its business for the product")

    company = models.ForeignKey("partners.Company", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    line = models.CharField(max_length=60, default="", blank=True, db_collation="C")
    value = models.DecimalField(_("value"), max_digits=19, decimal_places=4)
    computed = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    author = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="correction_is_not_negative"),
            models.CheckConstraint(
                condition=Q(what__in=["potential", "fit"]) ^ Q(line=""), name="correction_names_a_product_when_needed"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
            models.UniqueConstraint(
                fields=["company", "what", "line"], condition=Q(withdrawn_at__isnull=True), name="correction_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.what} {self.line} {self.value}"
