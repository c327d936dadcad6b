"""A company we have a relationship with, and where that relationship stands."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass, Whose
from prm.core.validation import known_currency
from prm.partners.models.company import Company
from prm.partners.models.details import is_share
from prm.partners.models.market import Territory


class Lifecycle(models.TextChoices):
    """Where a relationship stands. Moves: ``rules.lifecycle.ALLOWED_MOVES``, written by ``services.lifecycle`` alone."""

    CANDIDATE = "candidate", _("Candidate")
    ENGAGED = "engaged", _("Trial")
    CONTRACTED = "contracted", _("Contracted")
    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", _("Active")
    EXTENDED = "extended", _("Extended")
    EXITING = "exiting", _("Exiting")
    EXITED = "exited", _("Exited")


class Partner(BaseModel):
    """The relationship with one company. Its id is the ``partner_id`` of everything that belongs to that partner.

    ``tier_code`` is written by the stage that computes tiers and read by all others. ``dedicated_share`` is the part of its business that
    it does with us (P6), 0 to 1.
    """

    table_class = TableClass.OWNED
    partner_column = "id"
    typeid_prefix = "partner"
    points_to = {"account_manager": Whose.VENDOR}
    points_anywhere = {"merged_into": "A relationship that became part of another names it; its own people read neither."}

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="partner")
    lifecycle = models.CharField(_("lifecycle"), max_length=12, choices=Lifecycle, default=Lifecycle.CANDIDATE)
    lifecycle_since = models.DateTimeField(default=timezone.now)
    account_manager = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="partners", verbose_name=_("account manager")
    )
    currency = models.CharField(
        _("currency"), max_length=3, null=True, blank=True, db_collation="C", validators=[known_currency]
    )
    language = models.CharField(_("language"), max_length=8, null=True, blank=True)
    dedicated_share = models.DecimalField(_("dedicated share"), max_digits=6, decimal_places=4, null=True, blank=True)
    tier_code = models.CharField(max_length=40, default="", blank=True, editable=False)
    territories = models.ManyToManyField(
        Territory, through="PartnerTerritory", related_name="partners", verbose_name=_("territories")
    )
    #: Counts edits: a form says which it was opened on.
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    #: The partner that this one became part of: its id stays, what is new belongs to that one.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged", db_index=False
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.CheckConstraint(condition=is_share("dedicated_share"), name="partner_share_range"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(lifecycle=Lifecycle.EXITED), name="merged_partner_has_exited"
            ),
        ]
        indexes = [
            models.Index(fields=["lifecycle", "id"], name="partner_lifecycle"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="partner_merged"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.lifecycle}"


class PartnerTerritory(BaseModel):
    """A territory that a partner serves for us."""

    table_class = TableClass.OWNED
    typeid_prefix = "served"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="territory_links", db_index=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="partner_links")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["partner", "territory"], name="territory_once_per_partner")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.territory_id}"


class PartnerMove(BaseModel):
    """One step of a partner's lifecycle with its reason, as the vendor's people wrote it. Never shown to the partner.

    Steps that one act took share a ``batch``, by which they are taken back; such a step stays, and counts no more.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "move"
    points_to = {"person": Whose.VENDOR}

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="moves", db_index=False)
    from_lifecycle = models.CharField(max_length=12, choices=Lifecycle, blank=True)
    to_lifecycle = models.CharField(max_length=12, choices=Lifecycle)
    reason = models.CharField(max_length=300, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    batch = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    taken_back_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["partner", "-id"], name="move_of_partner")]

    def __str__(self) -> str:
        return f"{self.from_lifecycle} → {self.to_lifecycle}"
