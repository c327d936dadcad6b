"""``/api/v1/companies/{id}/people``, ``/sites``, ``/customers``, ``/vendors``, ``/offers``, ``/market-shares``, ``/external-ids``:
what hangs on a company, one resource a kind (``partners.details``), all with the same manners."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.fields import (
    ChoiceField,
    DateField,
    EmailField,
    MomentField,
    NumberField,
    PublicIdField,
    TextField,
    TypeIdField,
    WholeField,
)
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import CreateMixin, DeleteMixin, ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.partners.api.fields import CountryField, ShareField
from prm.partners.api.filters import COUNTRY
from prm.partners.details import DETAILS, DetailKind
from prm.partners.models import Department, Level, OfferRelation, SiteKind, SizeBand, SourceKind, VendorRelation
from prm.partners.selectors.details import detail_get, detail_list
from prm.partners.services.details import detail_create, detail_delete, detail_edit
from prm.partners.services.facts import Learnt

_UNKNOWN: dict[str, Any] = {"required": False, "allow_null": True, "default": None}
_TOLD: dict[str, Any] = {"read_only": True, "allow_null": True, "default": None}
_SHARE: dict[str, Any] = {"min_value": 0, "max_value": 1, **_UNKNOWN}


class CodeField(TextField):
    """A record of a small table by its code; null when none is named."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60, **options)

    def to_representation(self, value: Any) -> Any:
        return value.code


class OriginSerializer(ApiSerializer):
    """Where a record comes from."""

    kind = ChoiceField(choices=SourceKind.values)
    name = TextField()


class DetailSerializer(ApiSerializer):
    """What every detail with a source says of itself. Written without a day, it is true of today."""

    as_of = DateField(required=False, allow_null=True, help_text="The day it was true of; today when not sent.")
    learnt_from = TextField(
        max_length=200, required=False, allow_blank=True, write_only=True, help_text="Where it was learnt: a report, a call."
    )
    source = serializers.SerializerMethodField()
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    @extend_schema_field(OriginSerializer(allow_null=True))
    def get_source(self, record: Any) -> dict[str, str] | None:
        return {"kind": record.source.kind, "name": record.source.name} if record.source else None


_ORIGIN = {
    "as_of": "2026-03-12",
    "source": {"kind": "manual", "name": "Claire Rousset"},
    "created_at": "2026-03-12T09:30:00Z",
    "updated_at": "2026-03-12T09:30:00Z",
}


class PositionSerializer(DetailSerializer):
    """Somebody who works at a company."""

    id = PublicIdField("position")
    person = TypeIdField("person", source="person_id", read_only=True)
    name = TextField(max_length=200)
    title = TextField(max_length=200, required=False, allow_blank=True, default="", help_text="As on the business card.")
    email = EmailField(max_length=254, required=False, allow_blank=True, default="")
    phone = TextField(max_length=40, required=False, allow_blank=True, default="")
    department = ChoiceField(choices=Department.values, **_UNKNOWN)
    level = ChoiceField(choices=Level.values, **_UNKNOWN)

    example_request = {
        "name": "Anne Le Goff", "title": "Sales director", "email": "anne.legoff@isere-cloud.example", "phone": "+33 4 76 00 00 00",
        "department": "sales", "level": "head",
    }  # fmt: skip
    example = {
        "id": "position_01h455vb4pex5vsknk084sn02q", "person": "person_01h455vb4pex5vsknk084sn02q", **example_request, **_ORIGIN,
    }  # fmt: skip


class SiteSerializer(DetailSerializer):
    """One site of a company."""

    id = PublicIdField("site")
    name = TextField(max_length=200, required=False, allow_blank=True, default="")
    kind = ChoiceField(choices=SiteKind.values, required=False, default=SiteKind.OFFICE.value)
    street = TextField(max_length=300, **_UNKNOWN)
    postal_code = TextField(max_length=20, **_UNKNOWN)
    city = TextField(max_length=100, **_UNKNOWN)
    region = TextField(max_length=100, **_UNKNOWN)
    country = CountryField(help_text="ISO 3166-1, two letters.", **_UNKNOWN)
    latitude = NumberField(min_value=-90, max_value=90, **_UNKNOWN)
    longitude = NumberField(min_value=-180, max_value=180, **_UNKNOWN)
    employees = WholeField(min_value=0, max_value=2_000_000_000, **_UNKNOWN)

    example_request = {
        "kind": "headquarters", "street": "1 rue du Port", "postal_code": "29200", "city": "Brest", "country": "FR",
    }  # fmt: skip
    example = {
        "id": "site_01h455vb4pex5vsknk084sn02q", "name": "", **example_request, "region": "Bretagne",
        "latitude": 48.39, "longitude": -4.49, "employees": 38, **_ORIGIN,
    }  # fmt: skip


class CustomerMixSerializer(DetailSerializer):
    """The share of a company's business in one part of its market; null means "all of them"."""

    id = PublicIdField("mix")
    industry = CodeField(help_text="Code of an industry.", **_UNKNOWN)
    industry_name = TextField(source="industry.name", **_TOLD)
    size = ChoiceField(choices=SizeBand.values, **_UNKNOWN)
    territory = CodeField(help_text="Code of a territory.", **_UNKNOWN)
    territory_name = TextField(source="territory.name", **_TOLD)
    share = ShareField(help_text="Of its business, 0 to 1.", **_SHARE)

    example_request = {"industry": "healthcare", "size": "medium", "territory": "brittany", "share": 0.38}
    example = {
        "id": "mix_01h455vb4pex5vsknk084sn02q", **example_request, "industry_name": "Healthcare",
        "territory_name": "Brittany", **_ORIGIN,
    }  # fmt: skip


class CarriedSerializer(DetailSerializer):
    """A vendor that the company carries."""

    id = PublicIdField("carried")
    code = CodeField(source="vendor", help_text="Code of a vendor.")
    vendor = TypeIdField("vendor", source="vendor_id", read_only=True)
    name = TextField(source="vendor.name", read_only=True)
    relation = ChoiceField(choices=VendorRelation.values, source="vendor.relation", read_only=True)
    level = TextField(max_length=60, **_UNKNOWN)
    share_of_business = ShareField(help_text="Of its business, 0 to 1.", **_SHARE)
    since_year = WholeField(min_value=1900, max_value=2200, **_UNKNOWN)

    example_request = {"code": "nordwall", "share_of_business": 0.22, "since_year": 2019, "level": "Gold"}
    example = {
        "id": "carried_01h455vb4pex5vsknk084sn02q", **example_request, "vendor": "vendor_01h455vb4pex5vsknk084sn02r",
        "name": "Nordwall", "relation": "competing", **_ORIGIN,
    }  # fmt: skip


class OfferedSerializer(DetailSerializer):
    """A category of what the company sells."""

    id = PublicIdField("offered")
    code = CodeField(source="category", help_text="Code of a category of offer.")
    name = TextField(source="category.name", read_only=True)
    relation = ChoiceField(choices=OfferRelation.values, **_UNKNOWN)
    share_of_business = ShareField(help_text="Of its business, 0 to 1.", **_SHARE)

    example_request = {"code": "firewalls", "relation": "competing", "share_of_business": 0.2}
    example = {"id": "offered_01h455vb4pex5vsknk084sn02q", **example_request, "name": "Firewalls", **_ORIGIN}


class MarketShareSerializer(DetailSerializer):
    """A company's share of a market in a year."""

    id = PublicIdField("marketshare")
    industry = CodeField(help_text="Code of an industry.", **_UNKNOWN)
    industry_name = TextField(source="industry.name", **_TOLD)
    territory = CodeField(help_text="Code of a territory.", **_UNKNOWN)
    territory_name = TextField(source="territory.name", **_TOLD)
    year = WholeField(min_value=1900, max_value=2200, **_UNKNOWN)
    share = ShareField(min_value=0, max_value=1, help_text="Of the market, 0 to 1.")

    example_request = {"industry": "healthcare", "territory": "brittany", "year": 2025, "share": 0.07}
    example = {
        "id": "marketshare_01h455vb4pex5vsknk084sn02q", **example_request, "industry_name": "Healthcare",
        "territory_name": "Brittany", **_ORIGIN,
    }  # fmt: skip


class KnownAsSerializer(ApiSerializer):
    """The id that another system knows the company by."""

    id = PublicIdField("extid")
    source = TextField(max_length=60)
    external_id = TextField(max_length=120)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example_request = {"source": "crm", "external_id": "0017F"}
    example = {
        "id": "extid_01h455vb4pex5vsknk084sn02q", **example_request, "created_at": "2026-03-12T09:30:00Z",
        "updated_at": "2026-03-12T09:30:00Z",
    }  # fmt: skip


class DetailViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DeleteMixin, ScopedViewSet):
    """The parent of the resources below a company: everything but the fields is the same."""

    abstract = True
    kind: ClassVar[DetailKind]
    parents = {"company_id": "company"}
    sentences = {
        "list": "Those of a company, oldest first.",
        "retrieve": "One of them.",
        "create": "Adds one; the key's owner is its source.",
        "update": "All that is said of it: what is not named becomes unknown.",
        "partial_update": "Changes what is named of it.",
        "destroy": "Removes it. If-Match is honoured when sent.",
    }
    sorts = {"created_at": ("id",)}
    default_sort = "created_at"

    def __init_subclass__(cls, *, slug: str) -> None:
        """Takes address, prefix and permissions from the kind of that name."""
        cls.kind, cls.resource, cls.address = DETAILS[slug], f"company-{slug}", f"companies/<str:company_id>/{slug}"
        cls.prefix = cls.kind.model.typeid_prefix
        view, edit = f"{cls.kind.policy}:view", f"{cls.kind.policy}:edit"
        reading, writing = ("list", "retrieve"), ("create", "update", "partial_update", "destroy")
        cls.permissions = {**dict.fromkeys(reading, view), **dict.fromkeys(writing, edit)}
        super().__init_subclass__()

    def rows(self, query: ListQuery) -> QuerySet[Any]:
        return detail_list(actor=self.actor, kind=self.kind, company_id=self.parent("company_id"))

    def find(self, key: UUID) -> Any:
        return detail_get(actor=self.actor, kind=self.kind, company_id=self.parent("company_id"), record_id=key)

    def create_one(self, data: dict[str, Any]) -> Any:
        learnt = self.learnt(data)
        made = detail_create(
            actor=self.actor, kind=self.kind, company_id=self.parent("company_id"), values=data, learnt=learnt
        )
        return self.find(made.pk)

    def change_one(self, record: Any, data: dict[str, Any], *, partial: bool) -> Any:
        learnt = self.learnt(data)
        detail_edit(actor=self.actor, kind=self.kind, record_id=record.pk, values=data, learnt=learnt)
        return self.find(record.pk)

    def remove_one(self, record: Any) -> None:
        detail_delete(actor=self.actor, kind=self.kind, record_id=record.pk)

    def learnt(self, data: dict[str, Any]) -> Learnt:
        """Takes where and when it was learnt out of a body."""
        return Learnt(data.pop("learnt_from", "") or "", data.pop("as_of", None))


class PositionViewSet(DetailViewSet, slug="people"):
    """Who works at one company."""

    label = _("People of a company")
    serializer_class = PositionSerializer
    filters = (
        Filter("department", Kind.CHOICE, choices=Department.values),
        Filter("level", Kind.CHOICE, choices=Level.values),
    )


class SiteViewSet(DetailViewSet, slug="sites"):
    """Sites of one company."""

    label = _("Sites of a company")
    serializer_class = SiteSerializer
    filters = (Filter("kind", Kind.CHOICE, choices=SiteKind.values), Filter("country", Kind.TEXT, pattern=COUNTRY))


class CustomerMixViewSet(DetailViewSet, slug="customers"):
    """Where a company's customers are: shares by industry, size and territory."""

    label = _("Customers of a company")
    serializer_class = CustomerMixSerializer


class CarriedViewSet(DetailViewSet, slug="vendors"):
    """Vendors that one company carries."""

    label = _("Vendors that a company carries")
    serializer_class = CarriedSerializer


class OfferedViewSet(DetailViewSet, slug="offers"):
    """What one company offers, by category."""

    label = _("What a company offers")
    serializer_class = OfferedSerializer


class MarketShareViewSet(DetailViewSet, slug="market-shares"):
    """Market shares of one company."""

    label = _("Market shares of a company")
    serializer_class = MarketShareSerializer


class KnownAsViewSet(DetailViewSet, slug="external-ids"):
    """Ids that other systems know one company by."""

    label = _("A company’s ids elsewhere")
    serializer_class = KnownAsSerializer
