"""Companies as the API writes and reads them; what is expanded beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.access.actors import Actor
from prm.api.fields import (
    AnyField,
    ChoiceField,
    DateField,
    MomentField,
    NumberField,
    PublicIdField,
    TextField,
    TypeIdField,
    WholeField,
)
from prm.api.serializers import ApiSerializer
from prm.core.money import reporting_currency
from prm.partners.api.details import CarriedSerializer, OfferedSerializer, OriginSerializer, SiteSerializer
from prm.partners.api.fields import CountryField, KnownMoneyField, ShareField, reporting_money
from prm.partners.facts.values import FACT_COLUMNS
from prm.partners.models import Company, FactStatus, Lifecycle, SourceKind, Typology
from prm.partners.selectors.details import companies_measures, companies_offers, companies_sites, companies_vendors

_UNKNOWN: dict[str, Any] = {"required": False, "allow_null": True, "default": None}
_COUNT: dict[str, Any] = {**_UNKNOWN, "min_value": 0, "max_value": 2_000_000_000}
_YEAR: dict[str, Any] = {**_UNKNOWN, "min_value": 1000, "max_value": 2200}


class ProvenanceSerializer(ApiSerializer):
    """Where a fact comes from."""

    kind = ChoiceField(choices=SourceKind.values)
    name = TextField()
    as_of = DateField(allow_null=True)


class ExternalIdSerializer(ApiSerializer):
    """The id that another system knows the company by."""

    source = TextField()
    external_id = TextField()


class CompanySerializer(ApiSerializer):
    """One company. Null is "not known", never 0. ``provenance`` holds the known facts whose source was noted."""

    id = PublicIdField("company")
    name = TextField(max_length=200)
    legal_name = TextField(max_length=200, **_UNKNOWN)
    typology = ChoiceField(choices=Typology.values, **_UNKNOWN)
    country = CountryField(help_text="ISO 3166-1, two letters.", **_UNKNOWN)
    region = TextField(max_length=100, **_UNKNOWN)
    city = TextField(max_length=100, **_UNKNOWN)
    postal_code = TextField(max_length=20, **_UNKNOWN)
    latitude = NumberField(min_value=-90, max_value=90, **_UNKNOWN)
    longitude = NumberField(min_value=-180, max_value=180, **_UNKNOWN)
    website = TextField(max_length=300, **_UNKNOWN)
    phone = TextField(max_length=40, **_UNKNOWN)
    registration_number = TextField(max_length=40, **_UNKNOWN)
    founded_year = WholeField(**_YEAR)
    employees = WholeField(**_COUNT)
    sales_people = WholeField(**_COUNT)
    engineers = WholeField(**_COUNT)
    customers = WholeField(**_COUNT)
    revenue = KnownMoneyField(amount="revenue", currency="revenue_currency", minimum=0, help_text="Of one year.")
    revenue_year = WholeField(**_YEAR)
    revenue_reporting = serializers.SerializerMethodField(help_text="In the installation's currency; null without a rate.")
    growth = ShareField(min_value=-1, max_value=9999, help_text="Yearly: 0.061 is +6.1 %.", **_UNKNOWN)
    languages = serializers.ListField(child=TextField(max_length=8), max_length=50, **_UNKNOWN)
    known_share = serializers.SerializerMethodField(help_text="Share of the counted facts that is known, 0 to 1.")
    stalest_on = DateField(read_only=True, allow_null=True, help_text="Day of the oldest known fact.")
    lifecycle = ChoiceField(choices=Lifecycle.values, read_only=True, allow_null=True, help_text="Null: no relationship.")
    partner = TypeIdField("partner", read_only=True, allow_null=True, source="partner_key")
    merged_into = TypeIdField("company", read_only=True, allow_null=True, source="merged_into_id")
    external_ids = serializers.SerializerMethodField()
    provenance = serializers.SerializerMethodField()
    as_of = DateField(
        required=False, write_only=True, help_text="The day that what is sent was true of; today when not sent."
    )
    learnt_from = TextField(
        max_length=200, required=False, allow_blank=True, write_only=True, help_text="Where it was learnt: a report, a call."
    )
    archived_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "company_01h455vb4pex5vsknk084sn02q",
        "name": "Kerlan Systèmes",
        "legal_name": "Kerlan Systèmes SAS",
        "typology": "var",
        "country": "FR",
        "region": "Bretagne",
        "city": "Brest",
        "postal_code": "29200",
        "latitude": 48.39,
        "longitude": -4.49,
        "website": "https://kerlan.example",
        "phone": None,
        "registration_number": "812404117",
        "founded_year": 2004,
        "employees": 46,
        "sales_people": 9,
        "engineers": 14,
        "customers": None,
        "revenue": {"amount": "8400000.00", "currency": "EUR"},
        "revenue_year": 2025,
        "revenue_reporting": {"amount": "8400000.00", "currency": "EUR"},
        "growth": 0.061,
        "languages": ["fr", "en"],
        "known_share": 0.9333,
        "stalest_on": "2026-03-12",
        "lifecycle": "active",
        "partner": "partner_01h455vb4pex5vsknk084sn02r",
        "merged_into": None,
        "external_ids": [{"source": "crm", "external_id": "0017F"}],
        "provenance": {"employees": {"kind": "import", "name": "CRM", "as_of": "2026-03-12"}},
        "archived_at": None,
        "created_at": "2026-03-12T09:30:00Z",
        "updated_at": "2026-05-19T07:24:00Z",
    }
    example_request = {
        "name": "Kerlan Systèmes",
        "typology": "var",
        "country": "FR",
        "city": "Brest",
        "website": "https://kerlan.example",
        "employees": 46,
        "revenue": {"amount": "8400000.00", "currency": "EUR"},
        "revenue_year": 2025,
        "growth": 0.061,
    }

    @extend_schema_field(KnownMoneyField(amount="a", currency="c"))
    def get_revenue_reporting(self, company: Company) -> dict[str, str] | None:
        return reporting_money(company.revenue_reporting, reporting_currency())

    @extend_schema_field(NumberField())
    def get_known_share(self, company: Company) -> float:
        return round(company.known_share, 4)

    @extend_schema_field(ExternalIdSerializer(many=True))
    def get_external_ids(self, company: Any) -> list[dict[str, str]]:
        return [{"source": row.source, "external_id": row.external_id} for row in company.known_by]

    @extend_schema_field(serializers.DictField(child=ProvenanceSerializer()))
    def get_provenance(self, company: Any) -> dict[str, Any]:
        return {
            fact: {"kind": origin.kind, "name": origin.name, "as_of": origin.as_of.isoformat() if origin.as_of else None}
            for fact, origin in company.origins.items()
        }


class CompanyMergeSerializer(ApiSerializer):
    """Another company that becomes part of this one."""

    other = TypeIdField("company", source="other_id")
    facts = serializers.DictField(
        child=ChoiceField(choices=["this", "other"]), required=False, default=dict,
        help_text="Fact → whose value holds, where both tell one.",
    )  # fmt: skip

    example_request = {"other": "company_01h455vb4pex5vsknk084sn02r", "facts": {"employees": "other"}}


class FactSerializer(ApiSerializer):
    """A value that a fact had, or that was told of it while a more trusted one stood."""

    fact = ChoiceField(choices=list(FACT_COLUMNS), source="field")
    status = ChoiceField(choices=FactStatus.values)
    value = AnyField(allow_null=True, help_text="As the fact itself is written: a number, a text, a list of texts.")
    source = OriginSerializer(allow_null=True)
    as_of = DateField(allow_null=True)
    person = TextField(source="person.name", allow_null=True, default=None)
    created_at = MomentField(help_text="When it stopped being current, or was told.")

    example = {
        "fact": "employees",
        "status": "corrected",
        "value": 38,
        "source": {"kind": "import", "name": "CRM"},
        "as_of": "2025-11-03",
        "person": "Claire Rousset",
        "created_at": "2026-05-19T07:24:00Z",
    }


class WithdrawSerializer(ApiSerializer):
    """The fact whose correction by hand is taken back."""

    fact = ChoiceField(choices=list(FACT_COLUMNS))

    example_request = {"fact": "employees"}


class MeasuredSerializer(ApiSerializer):
    """One measure of the company: a number, or a word."""

    key = TextField(source="measure.key")
    name = TextField(source="measure.name")
    value = NumberField(allow_null=True)
    word = TextField(allow_null=True)
    as_of = DateField(allow_null=True)


def expand_sites(rows: Sequence[Company], actor: Actor) -> dict[UUID, Any]:
    """Its sites, as ``/companies/{id}/sites`` writes them."""
    return _written(SiteSerializer, companies_sites(actor=actor, companies=rows), rows)


def expand_vendors(rows: Sequence[Company], actor: Actor) -> dict[UUID, Any]:
    """The vendors it carries, the largest share first."""
    return _written(CarriedSerializer, companies_vendors(actor=actor, companies=rows), rows)


def expand_offers(rows: Sequence[Company], actor: Actor) -> dict[UUID, Any]:
    """What it sells, by category."""
    return _written(OfferedSerializer, companies_offers(actor=actor, companies=rows), rows)


def expand_measures(rows: Sequence[Company], actor: Actor) -> dict[UUID, Any]:
    """What else is measured of it."""
    return _written(MeasuredSerializer, companies_measures(actor=actor, companies=rows), rows)


def _written(serializer: type[ApiSerializer], found: dict[UUID, list[Any]], rows: Sequence[Company]) -> dict[UUID, Any]:
    return {row.pk: [dict(item) for item in serializer(found.get(row.pk, []), many=True).data] for row in rows}
