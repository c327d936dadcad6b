"""What a partner says of itself, until one of the vendor's people takes it over: questionnaires and the portal's profile (P2)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass, Whose
from prm.partners.models.company import Company
from prm.partners.models.facts import SourceKind
from prm.partners.models.partner import Partner


class ProposalState(models.TextChoices):
    """What became of a proposed fact."""

    PENDING = "pending", _("To decide")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced by a later answer")


class FactProposal(BaseModel):
    """One fact as a partner tells it. ``field`` is a fact of ``facts.values.FACT_COLUMNS``, ``vendors`` (codes of vendors carried) or
    ``mix.<industry>`` (share of its customers, 0 to 1); ``value`` as ``CompanyFact`` keeps it.

    The source is kept in words: ``FactSource`` rows are made when the proposal is accepted, by whoever accepts it. ``written`` is the
    value that was written then, where it was changed before.
    """

    table_class = TableClass.OWNED
    portal_may = "SELECT, INSERT, UPDATE"
    typeid_prefix = "proposal"
    # A contact that the vendor knows answers a questionnaire too.
    points_to = {"proposed_by": Whose.EITHER, "decided_by": Whose.VENDOR}

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="fact_proposals", db_index=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="fact_proposals", db_index=False)
    field = models.CharField(max_length=60, db_collation="C")
    value = models.JSONField(null=True)
    as_of = models.DateField()
    source_kind = models.CharField(max_length=16, choices=SourceKind)
    source_name = models.CharField(max_length=200)
    source_key = models.CharField(max_length=120, db_collation="C")
    note = models.CharField(_("note"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    state = models.CharField(max_length=12, choices=ProposalState, default=ProposalState.PENDING)
    written = models.JSONField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("proposed fact")
        verbose_name_plural = _("proposed facts")
        constraints = [
            models.UniqueConstraint(fields=["partner", "field"], condition=Q(state="pending"), name="proposal_one_pending"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="proposal_refused_with_reason"),
        ]
        indexes = [
            models.Index(fields=["partner", "-id"], name="proposal_of_partner"),
            models.Index(fields=["company", "state", "id"], name="proposal_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.state}"
