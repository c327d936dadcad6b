"""What hangs on a company: sites, its customers' mix, market shares, and measures of any kind (P1)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.core.models import BaseModel, key_field
from prm.core.tables import TableClass
from prm.core.text import text_key
from prm.core.validation import known_country
from prm.partners.models.company import Company
from prm.partners.models.facts import FactSource
from prm.partners.models.market import Industry, SizeBand, Territory


def is_share(field: str) -> Q:
    """The condition of a share: unknown, or 0 to 1."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__range": (0, 1)})


class Sourced(BaseModel):
    """A row of facts that came together, from one source and true of one day."""

    source = models.ForeignKey(FactSource, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    as_of = models.DateField(_("as of"), null=True, blank=True)

    class Meta:
        abstract = True


class SiteKind(models.TextChoices):
    """What a site is."""

    HEADQUARTERS = "headquarters", _("Headquarters")
    OFFICE = "office", _("Office")
    WAREHOUSE = "warehouse", _("Warehouse")
    SHOP = "shop", _("Shop")
    OTHER = "other", _("Other")


class Site(Sourced):
    """A place where a company works. ``address_key`` makes the same address recognisable when it is imported again."""

    table_class = TableClass.UNIVERSE
    company_column = "company_id"
    typeid_prefix = "site"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sites", db_index=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=SiteKind, default=SiteKind.OFFICE)
    country = models.CharField(
        _("country"), max_length=2, null=True, blank=True, db_collation="C", validators=[known_country]
    )
    region = models.CharField(_("region"), max_length=100, null=True, blank=True)
    city = models.CharField(_("city"), max_length=100, null=True, blank=True)
    street = models.CharField(_("street"), max_length=300, null=True, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    employees = models.IntegerField(_("employees"), null=True, blank=True)
    address_key = key_field(default="")

    class Meta:
        ordering = ["kind", "id"]
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        indexes = [
            models.Index(fields=["company", "address_key"], name="site_of_company"),
            models.Index(fields=["country"], name="site_country"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="site_country_iso2"),
            models.CheckConstraint(condition=Q(latitude__range=(-90, 90)), name="site_latitude_range"),
            models.CheckConstraint(condition=Q(longitude__range=(-180, 180)), name="site_longitude_range"),
            models.CheckConstraint(condition=Q(employees__gte=0), name="site_employees_not_negative"),
        ]

    def __str__(self) -> str:
        return self.city or self.name or self.street or str(self.pk)

    def save(self, *args: Any, **options: Any) -> None:
        self.address_key = address_key(self.country, self.region, self.city, self.street, self.postal_code)
        super().save(*args, **options)


def address_key(*parts: str | None) -> str:
    """One key for an address, whatever its punctuation."""
    return text_key(" ".join(part for part in parts if part))[:300]


class CustomerMix(Sourced):
    """The share of a company's business in one part of its market: industry × size × territory; a NULL is "all of them"."""

    table_class = TableClass.UNIVERSE
    company_column = "company_id"
    typeid_prefix = "mix"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="customer_mix", db_index=False)
    industry = models.ForeignKey(Industry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    size = models.CharField(max_length=12, choices=SizeBand, null=True, blank=True)
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    share = models.DecimalField(_("share"), max_digits=6, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["-share", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "industry", "size", "territory"], nulls_distinct=False, name="mix_cell_once"
            ),
            models.CheckConstraint(condition=is_share("share"), name="mix_share_range"),
        ]

    def __str__(self) -> str:
        return f"{self.industry_id} {self.size} {self.share}"


class MarketShare(Sourced):
    """A company's share of a market (industry × territory) in a year."""

    table_class = TableClass.UNIVERSE
    typeid_prefix = "marketshare"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="market_shares", db_index=False)
    industry = models.ForeignKey(Industry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    share = models.DecimalField(_("share"), max_digits=6, decimal_places=4)

    class Meta:
        ordering = ["-year", "-share"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "industry", "territory", "year"], nulls_distinct=False, name="market_share_once"
            ),
            models.CheckConstraint(condition=Q(share__range=(0, 1)), name="market_share_range"),
        ]

    def __str__(self) -> str:
        return f"{self.share} {self.year}"


class Measure(BaseModel):
    """What is measured of companies beyond the typed facts: references, certifications, launches… Declared once, then used
    by imports and, as a criterion, by scoring. ``note`` says what the figure may and may not be taken for."""

    table_class = TableClass.UNIVERSE
    typeid_prefix = "measure"

    class Kind(models.TextChoices):
        """How values are read."""

        COUNT = "count", _("Count")
        AMOUNT = "amount", _("Amount")
        SHARE = "share", _("Share")
        WORD = "word", _("Word")

    key = models.CharField(max_length=60, unique=True, db_collation="C")
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.COUNT)
    unit = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """The name in a language, or the main one."""
        return str(self.names.get(language.split("-", maxsplit=1)[0]) or self.name)


class CompanyMeasure(Sourced):
    """One measure of one company: a number, or (kind *word*) a word such as a level in another vendor's programme."""

    table_class = TableClass.UNIVERSE
    typeid_prefix = "value"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="measures", db_index=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="values", db_index=False)
    value = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    word = models.CharField(max_length=100, null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "measure"], name="measure_once_per_company"),
            models.CheckConstraint(condition=Q(value__isnull=False) | Q(word__isnull=False), name="measure_says_something"),
        ]
        indexes = [models.Index(fields=["measure", "company"], name="measure_values")]

    def __str__(self) -> str:
        return str(self.word if self.value is None else self.value)
