"""Any company of the universe: partner, candidate, or one we have only heard of (P1)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from prm.core.models import BaseModel, key_field
from prm.core.scoping import ScopedManager
from prm.core.tables import TableClass
from prm.core.text import text_key
from prm.core.validation import known_country, known_currency, past_year
from prm.partners.facts.noted import WHOLE_ROW, Noted


class Typology(models.TextChoices):
    """What kind of channel company it is."""

    DISTRIBUTOR = "distributor", _("Distributor")
    PUBLISHER = "publisher", _("Software publisher")
    MANUFACTURER = "manufacturer", _("Manufacturer")
    VAR = "var", _("VAR")
    RESELLER = "reseller", _("Reseller")
    INTEGRATOR = "integrator", _("Integrator")
    MSP = "msp", _("MSP")
    CONSULTANT = "consultant", _("Consultant")
    AGENT = "agent", _("Agent")
    RETAILER = "retailer", _("Retailer")
    OTHER = "other", _("Other")


#: The facts that make up a company's known share, in the order shown. ``latitude`` stands for the position.
FACT_FIELDS = (
    "typology",
    "country",
    "region",
    "city",
    "latitude",
    "website",
    "registration_number",
    "founded_year",
    "employees",
    "sales_people",
    "engineers",
    "customers",
    "revenue",
    "growth",
    "languages",
)


def _known_count() -> Any:
    total: Any = Value(0)
    for name in FACT_FIELDS:
        total = total + Case(When(**{f"{name}__isnull": False}, then=Value(1)), default=Value(0))
    return total


def _not_negative(*names: str) -> list[models.CheckConstraint]:
    return [models.CheckConstraint(condition=Q(**{f"{n}__gte": 0}), name=f"company_{n}_not_negative") for n in names]


class Company(BaseModel):
    """What is known of one company now. NULL = not known, never 0.

    ``provenance`` says where each fact comes from: field → ``Noted`` as JSON; the entry ``"*"`` holds for every fact without one of its
    own (a whole row that came with one file). Values that were replaced or proposed are in ``CompanyFact``. ``growth`` is a share per
    year (0.061 = +6.1 %). ``version`` counts edits: a form says which it was opened on.
    """

    table_class = TableClass.UNIVERSE
    company_column = "id"
    typeid_prefix = "company"

    name = models.CharField(_("name"), max_length=200)
    name_key = key_field()
    legal_name = models.CharField(_("legal name"), max_length=200, null=True, blank=True)
    legal_name_key = key_field(default="")
    typology = models.CharField(_("typology"), max_length=16, choices=Typology, null=True, blank=True)
    country = models.CharField(
        _("country"), max_length=2, null=True, blank=True, db_collation="C", validators=[known_country]
    )
    region = models.CharField(_("region"), max_length=100, null=True, blank=True)
    region_key = key_field(default="")
    city = models.CharField(_("city"), max_length=100, null=True, blank=True)
    city_key = key_field(default="")
    postal_code = models.CharField(_("postal code"), max_length=20, null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    website = models.CharField(_("website"), max_length=300, null=True, blank=True)
    domain = models.CharField(max_length=200, default="", blank=True, editable=False, db_collation="C")
    phone = models.CharField(_("phone"), max_length=40, null=True, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=40, null=True, blank=True)
    registration_key = key_field(default="")
    founded_year = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True, validators=[past_year])
    employees = models.IntegerField(_("employees"), null=True, blank=True)
    sales_people = models.IntegerField(_("salespeople"), null=True, blank=True)
    engineers = models.IntegerField(_("engineers"), null=True, blank=True)
    customers = models.IntegerField(_("customers"), null=True, blank=True)
    revenue = models.DecimalField(_("revenue"), max_digits=19, decimal_places=4, null=True, blank=True)
    revenue_currency = models.CharField(
        _("currency"), max_length=3, null=True, blank=True, db_collation="C", validators=[known_currency]
    )
    revenue_year = models.PositiveSmallIntegerField(_("revenue of the year"), null=True, blank=True)
    revenue_reporting = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True, editable=False)
    rate_day = models.DateField(null=True, blank=True, editable=False)
    growth = models.DecimalField(_("growth a year"), max_digits=8, decimal_places=4, null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=8), verbose_name=_("languages"), null=True, blank=True)

    provenance = models.JSONField(default=dict, blank=True, editable=False)
    stalest_on = models.DateField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    known_count = models.GeneratedField(expression=_known_count(), output_field=models.SmallIntegerField(), db_persist=True)
    #: Every word that search finds it by; a database trigger keeps ``CompanyWord`` equal to it.
    search_key = models.GeneratedField(
        expression=Concat(
            *[
                part
                for n in ("name_key", "legal_name_key", "city_key", "domain", "registration_key")
                for part in (Value(" "), F(n))
            ],
            output_field=models.CharField(db_collation="C"),
        ),
        output_field=models.CharField(max_length=1200, db_collation="C"),
        db_persist=True,
    )

    class Meta:
        ordering = ["name_key", "id"]
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="company_has_a_name"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="company_country_iso2"),
            models.CheckConstraint(condition=Q(revenue_currency__regex=r"^[A-Z]{3}$"), name="company_currency_iso"),
            models.CheckConstraint(
                condition=Q(revenue__isnull=True) | Q(revenue_currency__isnull=False), name="company_revenue_has_currency"
            ),
            models.CheckConstraint(condition=Q(latitude__range=(-90, 90)), name="company_latitude_range"),
            models.CheckConstraint(condition=Q(longitude__range=(-180, 180)), name="company_longitude_range"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="company_position_whole",
            ),
            models.CheckConstraint(condition=Q(growth__gte=-1), name="company_growth_not_below_all"),
            models.CheckConstraint(condition=Q(founded_year__range=(1000, 2200)), name="company_founded_year_range"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="company_not_merged_into_itself"),
            *_not_negative("employees", "sales_people", "engineers", "customers", "revenue"),
        ]
        indexes = [
            # One per order of the list; read forwards and backwards. NULLs are a scan of their own.
            models.Index(fields=["name_key", "id"], name="company_by_name"),
            models.Index(fields=["employees", "id"], name="company_by_employees"),
            models.Index(fields=["revenue_reporting", "id"], name="company_by_revenue"),
            models.Index(fields=["growth", "id"], name="company_by_growth"),
            models.Index(fields=["known_count", "id"], name="company_by_known"),
            models.Index(fields=["updated_at", "id"], name="company_by_updated"),
            # Filters.
            models.Index(fields=["country", "region_key"], name="company_place"),
            models.Index(fields=["typology"], name="company_typology"),
            models.Index(fields=["stalest_on"], name="company_stalest"),
            models.Index(fields=["domain"], condition=~Q(domain=""), name="company_domain"),
            models.Index(fields=["registration_key"], condition=~Q(registration_key=""), name="company_registration"),
            models.Index(fields=["archived_at"], condition=Q(archived_at__isnull=False), name="company_archived"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="company_merged"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.name_key = text_key(self.name)[:300]
        self.legal_name_key = text_key(self.legal_name)[:300]
        self.region_key = text_key(self.region)
        self.city_key = text_key(self.city)
        self.registration_key = text_key(self.registration_number).replace(" ", "")
        super().save(*args, **options)

    @property
    def notes(self) -> dict[str, Noted]:
        """Everything that is noted of its facts, by fact."""
        return {fact: Noted.from_json(entry) for fact, entry in self.provenance.items()}

    def noted(self, fact: str) -> Noted:
        """Where the value of ``fact`` comes from: its own note, else that of the whole row."""
        return Noted.from_json(self.provenance.get(fact) or self.provenance.get(WHOLE_ROW))

    def note(self, fact: str, noted: Noted | None) -> None:
        """Notes where the value of ``fact`` comes from; None forgets it."""
        if noted is None:
            self.provenance.pop(fact, None)
        else:
            self.provenance[fact] = noted.as_json()

    @property
    def known_share(self) -> float:
        """Share of the counted facts that is known, 0 to 1."""
        return float(self.known_count) / len(FACT_FIELDS)


class CompanyExternalId(BaseModel):
    """The id that another system knows a company by: (source, id), e.g. ("crm", "0017F")."""

    table_class = TableClass.UNIVERSE
    typeid_prefix = "extid"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(_("source"), max_length=60, db_collation="C")
    external_id = models.CharField(_("id in that source"), max_length=120, db_collation="C")

    class Meta:
        ordering = ["source", "external_id"]
        constraints = [
            # The id first: imports also look for it whatever the source.
            models.UniqueConstraint(fields=["external_id", "source"], name="external_id_once_per_source"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(external_id=""), name="external_id_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class CompanyWord(models.Model):
    """One word of a company's ``search_key``: the index behind search by word prefix.

    Written by a database trigger only, so that neither an import nor an undo can leave it behind. Its key starts with the
    word: ``LIKE 'ker%'`` is one range of it. The index of the key also holds where the company is and what it is, so that a word
    that thousands have in a country is found without looking at each of them.
    """

    table_class = TableClass.UNIVERSE

    pk = models.CompositePrimaryKey("word", "company_id")
    word = models.CharField(max_length=40, db_collation="C")
    company = models.ForeignKey(
        Company, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="words"
    )
    country = models.CharField(max_length=2, null=True, db_collation="C")
    typology = models.CharField(max_length=16, null=True)

    objects = ScopedManager()

    class Meta:
        ordering = ["word", "company_id"]

    def __str__(self) -> str:
        return self.word
