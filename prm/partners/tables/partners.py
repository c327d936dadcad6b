"""How partners and order lines are listed and exported: columns and filters."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from prm.core.money import reporting_currency
from prm.exports.writers import Column as ExportColumn
from prm.partners.models import Lifecycle
from prm.partners.rules.sales import is_whole_year, month_back
from prm.partners.selectors.partners import NOBODY
from prm.partners.tables.companies import LIFECYCLE_TONE
from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, DateFilter, TextFilter
from prm.ui.tables import Column, ListSpec

Choices = list[tuple[str, str]]


def _company_link(company: Any, about: Any) -> SafeString:
    url = reverse("vendor:partners:company-detail", args=[company.public_id])
    return marks.named(url, company.name, about, title=company.name)


def _stage(partner: Any) -> SafeString:
    stage = Lifecycle(partner.lifecycle)
    return format_html("{} {}", marks.dot(LIFECYCLE_TONE.get(stage, "us")), stage.label)


def _bought(partner: Any) -> SafeString | str:
    if partner.sales_year is None:
        return format_html('<span class="mute">{}</span>', _("none"))
    return formats.money(partner.sales_year, reporting_currency(), short=True)


def _change(partner: Any) -> SafeString | str:
    """By how much it bought more than in the year before, if it bought throughout that year; else since when it buys."""
    if not is_whole_year(partner.first_order, month_back(timezone.localdate(), 24)):
        since = _("since %(month)s") % {"month": formats.month(partner.first_order)} if partner.first_order else "–"
        return format_html('<span class="mute">{}</span>', since)
    if not partner.sales_before or partner.sales_before <= 0:
        return format_html('<span class="mute">–</span>')
    return marks.delta(float(((partner.sales_year or 0) - partner.sales_before) / partner.sales_before))


def _manager(partner: Any) -> str | None:
    return partner.account_manager.name if partner.account_manager else None


def _in_our_currency(sale: Any) -> str | None:
    amount = sale.amount_reporting
    return None if amount is None else formats.money(amount, reporting_currency(), digits=2)


def partner_spec(*, managers: Choices, territories: Choices, tiers: Choices) -> ListSpec:
    """The list of partners."""
    return ListSpec(
        name="partners", sort="-sales", search=_("Name, place or website"),
        columns=(
            Column(
                key="partner", label=_("Partner"), sort="name", locked=True, phone="name",
                cell=lambda p: _company_link(p.company, p.company.city or formats.country_name(p.company.country)),
            ),
            Column(key="lifecycle", label=_("Lifecycle"), cell=_stage, phone="meta"),
            Column(
                key="since", label=_("There since"), sort="since", shown=False, cell=lambda p: formats.month(p.lifecycle_since),
            ),
            Column(key="tier", label=_("Tier"), cell=lambda p: p.tier_code or "–", shown=bool(tiers)),
            Column(key="manager", label=_("Account manager"), cell=_manager, phone="meta"),
            Column(
                key="territories", label=_("Territories"),
                cell=lambda p: marks.trunc(", ".join(link.territory.label for link in p.served)),
            ),
            Column(key="sales", label=_("Sales, 12 months"), sort="sales", numeric=True, phone="figure", cell=_bought),
            Column(key="change", label=_("Change"), hint=_("On the year before"), numeric=True, cell=_change),
            Column(
                key="last", label=_("Last order"), sort="last",
                cell=lambda p: formats.day(p.last_order) if p.last_order else format_html('<span class="mute">{}</span>', _("none")),
            ),
            Column(
                key="dedicated", label=_("Dedicated share"), numeric=True, shown=False,
                cell=lambda p: None if p.dedicated_share is None else formats.percent(p.dedicated_share),
            ),
        ),
        filters=(
            ChoiceFilter(key="lifecycle", label=_("Lifecycle"), choices=list(Lifecycle.choices)),
            ChoiceFilter(key="manager", label=_("Account manager"), choices=[(NOBODY, _("Nobody")), *managers]),
            ChoiceFilter(key="territory", label=_("Territory"), choices=territories),
            *((ChoiceFilter(key="tier", label=_("Tier"), choices=tiers),) if tiers else ()),
        ),
    )  # fmt: skip


def _product(sale: Any) -> SafeString:
    family = sale.product.family
    return format_html('{} <span class="mute xs">{}</span>', sale.product.label, family.label if family else "")


def _sold_to(sale: Any) -> SafeString:
    return _company_link(sale.partner.company, "")


def sale_spec(*, choices: Mapping[str, Choices], partner: Choices) -> ListSpec:
    """The list of order lines; ``partner`` is the one that the address names, if any."""
    return ListSpec(
        name="sales", sort="-sold", search=_("Order number"),
        columns=(
            Column(key="partner", label=_("Partner"), cell=_sold_to, locked=True, phone="name"),
            Column(key="sold", label=_("Sold on"), sort="sold", cell=lambda s: formats.day(s.sold_on, year=True), phone="meta"),
            Column(key="product", label=_("Product"), cell=_product, phone="meta"),
            Column(key="quantity", label=_("Quantity"), numeric=True, cell=lambda s: formats.number(s.quantity, None)),
            Column(
                key="amount", label=_("Amount"), numeric=True, phone="figure",
                cell=lambda s: formats.money(s.amount, s.currency, digits=2),
            ),
            Column(
                key="reporting", label=_("In our currency"), numeric=True, shown=False,
                cell=_in_our_currency,
            ),
            Column(key="order", label=_("Order"), cell=lambda s: f"{s.order_number}/{s.order_line}"),
            Column(key="source", label=_("Source"), cell=lambda s: s.source_key),
        ),
        filters=(
            ChoiceFilter(key="partner", label=_("Partner"), choices=partner) if partner else TextFilter(key="partner", label=_("Partner")),
            DateFilter(key="sold", label=_("Sold on")),
            ChoiceFilter(key="family", label=_("Family"), choices=choices["family"]),
            ChoiceFilter(key="product", label=_("Product"), choices=choices["product"]),
            ChoiceFilter(key="source", label=_("Source"), choices=choices["source"]),
        ),
    )  # fmt: skip


SALE_EXPORT = (
    ExportColumn("id", _("Id"), attrgetter("public_id"), width=34),
    ExportColumn("partner", _("Partner"), attrgetter("partner.company.name"), width=32),
    ExportColumn("sold_on", _("Sold on"), attrgetter("sold_on"), kind="date"),
    ExportColumn("product", _("Product"), attrgetter("product.label"), width=28),
    ExportColumn("family", _("Family"), lambda s: s.product.family.label if s.product.family else None),
    ExportColumn("quantity", _("Quantity"), attrgetter("quantity"), kind="decimal"),
    ExportColumn("amount", _("Amount"), attrgetter("amount"), kind="decimal"),
    ExportColumn("currency", _("Currency"), attrgetter("currency"), width=8),
    ExportColumn("amount_reporting", _("In our currency"), attrgetter("amount_reporting"), kind="decimal"),
    ExportColumn("order_number", _("Order"), attrgetter("order_number")),
    ExportColumn("order_line", _("Line"), attrgetter("order_line"), kind="number"),
    ExportColumn("source", _("Source"), attrgetter("source_key")),
)
PARTNER_EXPORT = (
    ExportColumn("id", _("Id"), attrgetter("public_id"), width=34),
    ExportColumn("name", _("Name"), attrgetter("company.name"), width=32),
    ExportColumn("lifecycle", _("Lifecycle"), lambda p: Lifecycle(p.lifecycle).label),
    ExportColumn("tier", _("Tier"), lambda p: p.tier_code or None),
    ExportColumn("manager", _("Account manager"), _manager),
    ExportColumn("territories", _("Territories"), lambda p: ", ".join(link.territory.label for link in p.served) or None),
    ExportColumn("sales", _("Sales, 12 months"), attrgetter("sales_year"), kind="decimal"),
    ExportColumn("since", _("There since"), attrgetter("lifecycle_since"), kind="datetime"),
    ExportColumn("dedicated", _("Dedicated share"), attrgetter("dedicated_share"), kind="percent"),
    ExportColumn("before", _("Sales, the 12 months before"), attrgetter("sales_before"), kind="decimal"),
    ExportColumn("last_order", _("Last order"), attrgetter("last_order"), kind="date"),
)
