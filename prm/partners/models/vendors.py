"""Whom and what companies carry: other vendors, categories of offer (P1)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.core.tables import TableClass
from prm.partners.models.company import Company
from prm.partners.models.details import Sourced, is_share
from prm.partners.models.market import Named


class VendorRelation(models.TextChoices):
    """What a vendor is to us."""

    OURS = "ours", _("Ours")
    COMPETING = "competing", _("Competing")
    COMPLEMENTARY = "complementary", _("Complementary")


class Vendor(Named):
    """A vendor that channel companies carry: ourselves, a competitor, or one that completes us."""

    table_class = TableClass.VENDOR
    typeid_prefix = "vendor"

    relation = models.CharField(_("relation"), max_length=16, choices=VendorRelation, default=VendorRelation.COMPLEMENTARY)
    website = models.CharField(_("website"), max_length=300, null=True, blank=True)

    class Meta(Named.Meta):
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")


class VendorCarried(Sourced):
    """A company sells a vendor's products; with the share of its business, where known."""

    table_class = TableClass.UNIVERSE
    typeid_prefix = "carried"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="vendors_carried", db_index=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="carried_by", db_index=False)
    level = models.CharField(_("level"), max_length=60, null=True, blank=True)
    share_of_business = models.DecimalField(_("share"), max_digits=6, decimal_places=4, null=True, blank=True)
    since_year = models.PositiveSmallIntegerField(_("since"), null=True, blank=True)

    class Meta:
        ordering = ["-share_of_business", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "vendor"], name="vendor_once_per_company"),
            models.CheckConstraint(condition=is_share("share_of_business"), name="carried_share_range"),
        ]
        indexes = [models.Index(fields=["vendor", "company"], name="carried_by_vendor")]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.share_of_business}"


class OfferCategory(Named):
    """A category of what is sold: firewalls, cloud services, training…"""

    table_class = TableClass.REFERENCE
    typeid_prefix = "offer"

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    class Meta(Named.Meta):
        verbose_name = _("category of offer")
        verbose_name_plural = _("categories of offer")


class OfferRelation(models.TextChoices):
    """What an offer is to ours."""

    OURS = "ours", _("Ours")
    COMPETING = "competing", _("Competing")
    COMPLEMENTARY = "complementary", _("Complementary")
    OWN = "own", _("Its own service")


class OfferCarried(Sourced):
    """A company sells something of a category."""

    table_class = TableClass.UNIVERSE
    company_column = "company_id"
    typeid_prefix = "offered"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="offers_carried", db_index=False)
    category = models.ForeignKey(OfferCategory, on_delete=models.PROTECT, related_name="offered_by", db_index=False)
    relation = models.CharField(max_length=16, choices=OfferRelation, null=True, blank=True)
    share_of_business = models.DecimalField(_("share"), max_digits=6, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["-share_of_business", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "category"], name="offer_once_per_company"),
            models.CheckConstraint(condition=is_share("share_of_business"), name="offer_share_range"),
            models.CheckConstraint(condition=~Q(relation=""), name="offer_relation_not_empty"),
        ]
        indexes = [models.Index(fields=["category", "company"], name="offer_by_category")]

    def __str__(self) -> str:
        return f"{self.category_id} {self.share_of_business}"
