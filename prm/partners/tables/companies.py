"""How companies are listed and exported: columns and filters, shared by page, export and (for filters) API."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from prm.core.money import reporting_currency
from prm.exports.writers import Column as ExportColumn
from prm.partners.models import Lifecycle, Typology
from prm.partners.models.vendors import VendorRelation
from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, DateFilter, FlagFilter, RangeFilter
from prm.ui.tables import Column, ListSpec

LIFECYCLE_TONE = {
    Lifecycle.CANDIDATE: "wa",
    Lifecycle.ENGAGED: "wa",
    Lifecycle.EXITING: "no",
    Lifecycle.EXITED: "",
}
_RELATION_TONE = {VendorRelation.OURS: "us", VendorRelation.COMPETING: "them", VendorRelation.COMPLEMENTARY: ""}
TAGS_SHOWN = 2


def name_cell(company: Any) -> SafeString:
    """The name as a link, its place in grey."""
    url = reverse("vendor:partners:company-detail", args=[company.public_id])
    return marks.named(url, company.name, company.city or formats.country_name(company.country), title=company.name)


def lifecycle_cell(company: Any) -> SafeString:
    """Where the relationship stands; a company without one is only identified."""
    if not company.lifecycle:
        return format_html("{} {}", marks.dot("o"), _("Identified"))
    stage = Lifecycle(company.lifecycle)
    return format_html("{} {}", marks.dot(LIFECYCLE_TONE.get(stage, "us")), stage.label)


def strike_force_cell(company: Any) -> SafeString | None:
    """Salespeople and engineers; "?" for the one that is not known."""
    if company.sales_people is None and company.engineers is None:
        return None
    sales, engineers = (formats.number(v, missing="?") for v in (company.sales_people, company.engineers))
    return format_html('{} <span class="mute">/</span> {}', sales, engineers)


def carries_cell(company: Any) -> SafeString:
    """Vendors carried, ours and competitors told apart; the names beyond the third in the tooltip."""
    carried = company.carried
    if not carried:
        return format_html('<span class="mute">{}</span>', _("none known"))
    shown = format_html_join(
        " ", "{}", ((marks.tag(name, _RELATION_TONE[relation]),) for name, relation in carried[:TAGS_SHOWN])
    )
    rest = carried[TAGS_SHOWN:]
    if not rest:
        return shown
    return format_html('{} <span class="mute" title="{}">+{}</span>', shown, ", ".join(name for name, _r in rest), len(rest))


def _typologies() -> list[tuple[str, Any]]:
    return list(Typology.choices)


def _lifecycles() -> list[tuple[str, Any]]:
    return [("none", _("Identified")), *Lifecycle.choices]


def company_spec(*, vendors: list[tuple[str, str]], territories: list[tuple[str, str]]) -> ListSpec:
    """The list of companies; ``vendors`` and ``territories`` (code, name) are what its filters offer."""
    return ListSpec(
        name="companies",
        sort="name",
        search=_("Name, place or website"),
        page_size=50,
        columns=(
            Column(key="company", label=_("Company"), cell=name_cell, sort="name", locked=True, phone="name"),
            Column(key="typology", label=_("Typology"), cell=lambda c: c.get_typology_display() or None, phone="meta"),
            Column(key="lifecycle", label=_("Lifecycle"), cell=lifecycle_cell, phone="meta"),
            Column(
                key="employees", label=_("Employees"), sort="employees", numeric=True, phone="figure",
                cell=lambda c: None if c.employees is None else formats.number(c.employees),
            ),
            Column(key="strike", label=_("Sales/eng."), cell=strike_force_cell, numeric=True, hint=_("Salespeople and engineers")),
            Column(key="carries", label=_("Carries"), cell=carries_cell),
            Column(
                key="revenue", label=_("Revenue"), sort="revenue", numeric=True,
                cell=lambda c: None if c.revenue is None else formats.money(c.revenue, c.revenue_currency, short=True),
            ),
            Column(
                key="growth", label=_("Growth"), sort="growth", numeric=True, shown=False,
                cell=lambda c: None if c.growth is None else formats.percent(c.growth, 1, signed=True),
            ),
            Column(key="country", label=_("Country"), cell=lambda c: formats.country_name(c.country), shown=False),
            Column(key="region", label=_("Region"), cell=lambda c: c.region, shown=False),
            Column(
                key="known", label=_("Known"), sort="known", numeric=True, cell=lambda c: marks.known(c.known_share),
                hint=_("Share of the facts that are known"),
            ),
            Column(key="updated", label=_("Changed"), sort="updated", shown=False, cell=lambda c: formats.ago(c.updated_at)),
        ),
        filters=(
            ChoiceFilter(key="typology", label=_("Typology"), choices=_typologies),
            ChoiceFilter(key="lifecycle", label=_("Lifecycle"), choices=_lifecycles),
            ChoiceFilter(key="territory", label=_("Territory"), choices=territories),
            ChoiceFilter(key="country", label=_("Country"), choices=formats.countries),
            ChoiceFilter(key="vendor", label=_("Carries"), choices=vendors),
            RangeFilter(key="employees", label=_("Employees")),
            RangeFilter(key="revenue", label=_("Revenue"), currency=reporting_currency()),
            RangeFilter(key="growth", label=_("Growth"), unit="%"),
            RangeFilter(key="known", label=_("Known"), unit="%"),
            DateFilter(key="stale", label=_("Oldest fact")),
            FlagFilter(key="partner", label=_("Partner")),
            FlagFilter(key="archived", label=_("Archived")),
        ),
    )  # fmt: skip


COMPANY_EXPORT = (
    ExportColumn("id", _("Id"), attrgetter("public_id"), width=34),
    ExportColumn("name", _("Name"), attrgetter("name"), width=32),
    ExportColumn("legal_name", _("Legal name"), attrgetter("legal_name"), width=32),
    ExportColumn("typology", _("Typology"), lambda c: c.get_typology_display() or None),
    ExportColumn("lifecycle", _("Lifecycle"), lambda c: Lifecycle(c.lifecycle).label if c.lifecycle else _("Identified")),
    ExportColumn("country", _("Country"), attrgetter("country"), width=8),
    ExportColumn("region", _("Region"), attrgetter("region")),
    ExportColumn("city", _("City"), attrgetter("city")),
    ExportColumn("postal_code", _("Postal code"), attrgetter("postal_code")),
    ExportColumn("website", _("Website"), attrgetter("website"), width=28),
    ExportColumn("registration_number", _("Registration number"), attrgetter("registration_number")),
    ExportColumn("employees", _("Employees"), attrgetter("employees"), kind="number"),
    ExportColumn("sales_people", _("Salespeople"), attrgetter("sales_people"), kind="number"),
    ExportColumn("engineers", _("Engineers"), attrgetter("engineers"), kind="number"),
    ExportColumn("customers", _("Customers"), attrgetter("customers"), kind="number"),
    ExportColumn("revenue", _("Revenue"), attrgetter("revenue"), kind="decimal"),
    ExportColumn("revenue_currency", _("Currency"), attrgetter("revenue_currency"), width=8),
    ExportColumn("growth", _("Growth"), attrgetter("growth"), kind="percent"),
    ExportColumn("carries", _("Carries"), lambda c: [name for name, _relation in c.carried] or None, width=32),
    ExportColumn("known_share", _("Known"), attrgetter("known_share"), kind="percent"),
    ExportColumn("updated", _("Changed"), attrgetter("updated_at"), kind="datetime"),
)
