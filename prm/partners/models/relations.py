"""People on both sides: who of ours looked after a partner from when to when, and who talks to whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass, Whose
from prm.partners.models.company import Company
from prm.partners.models.partner import Partner
from prm.partners.models.people import Department


class ManagerTerm(BaseModel):
    """A time during which somebody looked after a partner; the open one is ``Partner.account_manager``'s.

    ``began_at`` is NULL where nobody noted when it began. Written by a database trigger only, as ``account_manager`` changes, so that no
    import, undo or merge can leave it behind.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "term"
    points_to = {"person": Whose.VENDOR}

    # No constraint: the trigger's rows are no reason to keep a partner that an undone import brought; they go with it.
    partner = models.ForeignKey(
        Partner, on_delete=models.CASCADE, db_constraint=False, related_name="manager_terms", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-began_at", "id"]
        indexes = [models.Index(fields=["partner", "-began_at"], name="term_of_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"], condition=Q(ended_at__isnull=True), name="one_account_manager_at_a_time"
            ),
            models.CheckConstraint(condition=Q(began_at__lte=F("ended_at")), name="term_ends_after_it_began"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.person_id}"


class Liaison(BaseModel):
    """Somebody of ours who talks to somebody at a company, about what a department does; ``spoken_on`` is when last, NULL not known."""

    table_class = TableClass.VENDOR
    typeid_prefix = "liaison"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="liaisons", db_index=False)
    ours = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="liaisons", verbose_name=_("who of ours"))
    theirs = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("who of theirs"))
    department = models.CharField(_("department"), max_length=16, choices=Department)
    spoken_on = models.DateField(_("last spoke on"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("who talks to whom")
        verbose_name_plural = _("who talks to whom")
        constraints = [models.UniqueConstraint(fields=["company", "theirs", "ours"], name="liaison_once")]

    def __str__(self) -> str:
        return f"{self.ours_id} – {self.theirs_id}"
