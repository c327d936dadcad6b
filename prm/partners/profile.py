"""What the company profile shows, put in order: plain data for its template, no reading and no markup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.events.selectors import HistoryEntry
from prm.partners.models import Company, CustomerMix, Lifecycle, Site, SourceKind, VendorCarried
from prm.partners.models.vendors import VendorRelation
from prm.partners.rules import Freshness, freshness
from prm.partners.selectors.company import Fact, SalesMonth
from prm.partners.tables import country_name
from prm.ui import charts, formats

SOURCE_ICONS = {
    SourceKind.MANUAL: "pencil",
    SourceKind.PARTNER: "user-check",
    SourceKind.QUESTIONNAIRE: "forms",
    SourceKind.REGISTRY: "building",
    SourceKind.IMPORT: "file-import",
    SourceKind.API: "api",
    SourceKind.COMPUTED: "math-function",
}
RELATION_KINDS = {VendorRelation.OURS: "us", VendorRelation.COMPETING: "them", VendorRelation.COMPLEMENTARY: "other"}
FRESH_TONES = {Freshness.AGEING: "warn", Freshness.STALE: "bad"}
MONTHS_SHOWN = 24
FAMILIES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FactLine:
    """One line of the facts: words for the value, where it comes from, and when it was true."""

    label: Any
    value: str | None
    source: str
    icon: str
    as_of: date | None
    tone: str = ""  # "warn" when ageing for its kind, "bad" when stale, "fresh" else


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a short list: share 0 to 1 of the longest, its figure in words, its tone; None = not known."""

    label: str
    share: float | None
    figure: str
    kind: str = "us"
    ours: bool = False


def fact_lines(company: Company, facts: dict[str, Fact], *, today: date) -> list[FactLine]:
    """The facts in the order people look for them."""
    words = {
        "typology": company.get_typology_display() if company.typology else None,
        "employees": _figure(company.employees),
        "sales_people": _figure(company.sales_people),
        "engineers": _figure(company.engineers),
        "customers": _figure(company.customers),
        "revenue": revenue_words(company),
        "growth": None
        if company.growth is None
        else _("%(share)s a year") % {"share": formats.percent(company.growth, 1, signed=True)},
        "founded_year": None if company.founded_year is None else str(company.founded_year),
        "languages": ", ".join(company.languages) if company.languages else None,
        "registration_number": company.registration_number,
        "website": (company.website or "").removeprefix("https://").removeprefix("http://").rstrip("/") or None,
        "country": country_name(company.country),
        "region": company.region,
        "city": " ".join(part for part in (company.postal_code, company.city) if part) or None,
    }
    lines = []
    for field, value in words.items():
        label = company._meta.get_field(field).verbose_name  # type: ignore[union-attr]
        provenance = facts[field].provenance if field in facts else None
        kind = provenance.kind if provenance else ""
        lines.append(
            FactLine(
                label=str(label)[:1].upper() + str(label)[1:],
                value=value,
                source=str(SourceKind(kind).label) if kind else "",
                icon=SOURCE_ICONS.get(SourceKind(kind), "") if kind else "",
                as_of=provenance.as_of if provenance else None,
                tone=FRESH_TONES.get(freshness(field, provenance.as_of if provenance else None, today), "fresh"),
            )
        )
    return lines


def facts_summary(lines: Sequence[FactLine], known_share: float) -> str:
    """``88 % known · 3 ageing, 1 stale``."""
    ageing, stale = (sum(1 for line in lines if line.value and line.tone == tone) for tone in ("warn", "bad"))
    parts = [_("%(share)s known") % {"share": formats.percent(known_share)}]
    old = []
    if ageing:
        old.append(_("%(n)s ageing") % {"n": formats.number(ageing)})
    if stale:
        old.append(_("%(n)s stale") % {"n": formats.number(stale)})
    return " · ".join([*parts, *([", ".join(old)] if old else [])])


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the timeline: what happened, the facts by name, who did it, when."""

    text: str
    who: str
    at: datetime


def history_lines(entries: Sequence[HistoryEntry], names: Mapping[UUID, str]) -> list[HistoryLine]:
    """History with people by name and, where facts were changed, which."""
    lines = []
    for entry in entries:
        fields = [str(name) for name in entry.data.get("fields", ())]
        text = entry.sentence
        if fields:
            known = {field.name for field in Company._meta.get_fields()}
            labels = [str(Company._meta.get_field(f).verbose_name) for f in fields if f in known]  # type: ignore[union-attr]
            text = _("changed: %(what)s") % {"what": ", ".join(labels)}
        who = names.get(entry.actor_id, "") if entry.actor_id else ""
        lines.append(HistoryLine(text[:1].upper() + text[1:], who, entry.at))
    return lines


def revenue_words(company: Company) -> str | None:
    """``€8.4 M FY 2024``, None when it is not known."""
    if company.revenue is None:
        return None
    money = formats.money(company.revenue, company.revenue_currency or "EUR", short=True)
    return f"{money} FY {company.revenue_year}" if company.revenue_year else money


def vendor_bars(carried: Sequence[VendorCarried]) -> list[Bar]:
    """Vendors carried with their share of the business, and how much of it nobody knows."""
    known = [float(c.share_of_business) for c in carried if c.share_of_business is not None]
    longest = max(known, default=1.0) or 1.0
    bars = [
        Bar(
            c.vendor.name,
            None if c.share_of_business is None else float(c.share_of_business) / longest,
            "?" if c.share_of_business is None else formats.percent(float(c.share_of_business)),
            RELATION_KINDS[VendorRelation(c.vendor.relation)],
            c.vendor.relation == VendorRelation.OURS,
        )
        for c in carried
    ]
    rest = 1 - sum(known)
    if known and rest > 0.005:
        bars.append(Bar(_("Not known"), None, formats.percent(rest)))
    return bars


def mix_bars(mix: Sequence[CustomerMix], language: str) -> list[Bar]:
    """Shares of the business by industry, largest first, summed over sizes and territories."""
    shares: dict[str, float] = defaultdict(float)
    for cell in mix:
        if cell.industry is not None and cell.share is not None:
            shares[cell.industry.name_in(language)] += float(cell.share)
    longest = max(shares.values(), default=1.0)
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    return [Bar(name, share / longest, formats.percent(share)) for name, share in ordered]


def sites_chart(company: Company, sites: Sequence[Site]) -> charts.Chart | None:
    """Sites on the map; None when the place of none is known."""
    placed = [s for s in sites if s.latitude is not None and s.longitude is not None]
    places: list[dict[str, Any]] = [
        {"lon": s.longitude, "lat": s.latitude, "name": s.city or s.name or "", "about": _people(s.employees)} for s in placed
    ]
    if not places and company.latitude is not None:
        places = [{"lon": company.longitude, "lat": company.latitude, "name": company.city or company.name, "about": ""}]
    if not places:
        return None
    europe = all(-25 <= p["lon"] <= 45 and 34 <= p["lat"] <= 72 for p in places)
    return charts.sites(
        key="sites",
        title=_("Where it works"),
        about=ngettext("%(count)s site, %(placed)s on the map", "%(count)s sites, %(placed)s on the map", len(sites) or 1)
        % {"count": formats.number(len(sites) or 1), "placed": formats.number(len(places))},
        sentence=_("Sites: %(names)s.") % {"names": ", ".join(p["name"] for p in places[:12])},
        places=places,
        world=not europe,
    )


def sales_chart(months: Sequence[SalesMonth], *, today: date, currency: str) -> charts.Chart | None:
    """Sales by month and family over 24 months, in thousands; the title says which family grew most."""
    if not months:
        return None
    axis = [_month_back(today, n) for n in range(MONTHS_SHOWN - 1, -1, -1)]
    totals: dict[str, Decimal] = defaultdict(Decimal)
    cells: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for row in months:
        totals[row.family] += row.amount
        cells[row.family, row.month] += row.amount
    largest = sorted(totals, key=lambda family: -totals[family])[: FAMILIES_SHOWN - 1]
    others = [family for family in totals if family not in largest]

    def series(families: Sequence[str]) -> list[float]:
        return [round(float(sum(cells[f, m] for f in families)) / 1000, 1) for m in axis]

    tones = ["us", "us-3", "line-strong"]
    rows = [{"name": family, "values": series([family]), "tone": tone} for family, tone in zip(largest, tones, strict=False)]
    if others:
        rows.append({"name": _("Other"), "values": series(others), "tone": tones[-1]})
    return charts.columns(
        key="sales",
        title=_sales_finding(months, axis),
        about=_("Sales with us by month, %(currency)s thousand, last 24 months") % {"currency": currency},
        sentence=_sales_finding(months, axis),
        labels=[_month_label(m, index) for index, m in enumerate(axis)],
        series=rows,
        first=_("Month"),
    )


def year_totals(months: Sequence[SalesMonth], today: date) -> tuple[Decimal, Decimal]:
    """Sales of the last twelve whole months and of the twelve before."""
    edge, start = _month_back(today, 12), _month_back(today, 24)
    this_month = _month_back(today, 0)
    last = sum((r.amount for r in months if edge <= r.month < this_month), Decimal())
    before = sum((r.amount for r in months if start <= r.month < edge), Decimal())
    return last, before


def life_position(lifecycle: str) -> tuple[int, int]:
    """(steps, place) of a lifecycle on its line."""
    stages = list(Lifecycle)
    return len(stages), stages.index(Lifecycle(lifecycle)) + 1


def _sales_finding(months: Sequence[SalesMonth], axis: Sequence[date]) -> str:
    edge = axis[len(axis) // 2]
    change: dict[str, Decimal] = defaultdict(Decimal)
    for row in months:
        if row.month >= axis[0]:
            change[row.family] += row.amount if row.month >= edge else -row.amount
    if not change:
        return _("No sale in the last 24 months")
    family = max(change, key=lambda name: change[name])
    if change[family] > 0:
        return _("%(family)s grew most") % {"family": family}
    falling = min(change, key=lambda name: change[name])
    return _("%(family)s fell most") % {"family": falling}


def _month_back(today: date, months: int) -> date:
    index = today.year * 12 + today.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _month_label(month: date, index: int) -> str:
    letter = formats.month(month)[:1].upper()
    return f"{letter}\n{month.year}" if index == 0 or month.month == 1 else letter


def _figure(value: int | None) -> str | None:
    return None if value is None else formats.number(value)


def _people(employees: int | None) -> str:
    return "" if employees is None else _("%(count)s people") % {"count": formats.number(employees)}
