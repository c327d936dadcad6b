"""What the company profile shows, put in order: plain data for its template, no reading and no markup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.partners.details import whole
from prm.partners.facts.values import as_json
from prm.partners.facts.words import SOURCE_ICONS, age_tone, fact_label, fact_words, source_words
from prm.partners.models import Company, CustomerMix, Lifecycle, OfferCarried, OfferRelation, Site, VendorCarried
from prm.partners.models.vendors import VendorRelation
from prm.partners.rules.sales import month_back
from prm.partners.selectors.company import Fact, SalesMonth
from prm.ui import charts, formats

RELATION_KINDS = {VendorRelation.OURS: "us", VendorRelation.COMPETING: "them", VendorRelation.COMPLEMENTARY: "other"}
#: Facts that scoring and ranking lean on most.
WEIGHTY = frozenset({"typology", "employees", "sales_people", "engineers", "revenue", "customers", "city"})
MONTHS_SHOWN = 24
FAMILIES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FactLine:
    """One line of the facts: words for the value, where it comes from, and when it was true."""

    field: str
    label: str
    value: str | None
    source: str
    icon: str
    as_of: date | None
    tone: str = ""  # "warn" when ageing for its kind, "bad" when stale, "fresh" else
    note: str = ""  # what keeps the value from counting


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a short list: share 0 to 1 of the longest, its figure in words, its tone; None = not known."""

    label: str
    share: float | None
    figure: str
    kind: str = "us"
    ours: bool = False


#: The facts in the order people look for them.
SHOWN = (
    "typology", "employees", "sales_people", "engineers", "customers", "revenue", "growth", "founded_year", "languages",
    "registration_number", "website", "country", "region", "city", "latitude",
)  # fmt: skip


def fact_lines(company: Company, facts: dict[str, Fact], *, today: date) -> list[FactLine]:
    """The facts in the order people look for them."""
    lines = []
    for field in SHOWN:
        value = fact_words(field, as_json(company, field))
        if field == "city" and value and company.postal_code:
            value = f"{company.postal_code} {value}"
        provenance = facts[field].provenance if field in facts else None
        kind, name, as_of = (provenance.kind, provenance.name, provenance.as_of) if provenance else ("", "", None)
        tone = age_tone(field, as_of, today)
        source = source_words(kind, name, provenance.person if provenance else "")
        note = ""
        if field == "revenue" and company.revenue is not None and company.revenue_reporting is None:
            note = _("No rate for %(currency)s: in no sum and no order") % {"currency": company.revenue_currency}
        lines.append(FactLine(field, fact_label(field), value, source, SOURCE_ICONS.get(kind, ""), as_of, tone, note))
    return lines


def refresh_next(lines: Sequence[FactLine]) -> list[FactLine]:
    """What to ask for next: the facts that studies lean on and nobody told, then the stale, then the ageing ones; at most five."""

    def rank(line: FactLine) -> int:
        return (0 if line.field in WEIGHTY else 3) + (0 if line.value is None else 1 if line.tone == "bad" else 2)

    wanting = [line for line in lines if line.value is None or line.tone in {"bad", "warn"}]
    return sorted(wanting, key=rank)[:5]


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


def offer_groups(offers: Sequence[OfferCarried], language: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What a company offers: (what it is to us, tone, [(category, share in words)]), ours first, what nobody told last."""
    tones = {OfferRelation.OURS: "us", OfferRelation.COMPETING: "them"}
    order = (OfferRelation.OURS, OfferRelation.COMPETING, OfferRelation.COMPLEMENTARY, OfferRelation.OWN, None)
    groups = []
    for relation in order:
        named = [
            (o.category.name_in(language), formats.percent(float(o.share_of_business)) if o.share_of_business is not None else "")
            for o in offers if o.relation == relation
        ]  # fmt: skip
        if named:
            label = str(relation.label) if relation else _("Not told what it is to ours")
            groups.append((label, tones.get(relation, "") if relation else "line", named))
    return groups


def too_much(shares: Sequence[Any]) -> str:
    """``112 %`` where shares add up to more than the whole, else nothing."""
    added = whole(list(shares))
    return formats.percent(added.told) if added and added.over else ""


def mix_bars(mix: Sequence[CustomerMix], language: str) -> list[Bar]:
    """Shares of the business by industry, largest first, summed over sizes and territories."""
    shares: dict[str, float] = defaultdict(float)
    for cell in mix:
        if cell.industry is not None and cell.share is not None:
            shares[cell.industry.name_in(language)] += float(cell.share)
    longest = max(shares.values(), default=1.0)
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    bars = [Bar(name, share / longest, formats.percent(share)) for name, share in ordered]
    rest = 1 - sum(shares.values())
    if shares and rest > 0.005:
        bars.append(Bar(_("Not known"), None, formats.percent(rest)))
    return bars


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
    axis = [month_back(today, n) for n in range(MONTHS_SHOWN - 1, -1, -1)]
    totals: dict[str, Decimal] = defaultdict(Decimal)
    cells: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for row in months:
        totals[row.family] += row.amount
        cells[row.family, row.month] += row.amount
    named, finding = _sales_finding(months, axis)
    # What the title names is drawn, then the largest.
    by_size = sorted(totals, key=lambda family: (family != named, -totals[family]))[: FAMILIES_SHOWN - 1]
    largest = sorted(by_size, key=lambda family: -totals[family])
    others = [family for family in totals if family not in largest]

    def series(families: Sequence[str]) -> list[float]:
        return [round(float(sum(cells[f, m] for f in families)) / 1000, 1) for m in axis]

    tones = ["us", "us-3", "line-strong"]
    rows = [{"name": family, "values": series([family]), "tone": tone} for family, tone in zip(largest, tones, strict=False)]
    if others:
        rows.append({"name": _("Other"), "values": series(others), "tone": tones[-1]})
    return charts.columns(
        key="sales",
        title=finding,
        about=_("Sales with us by month, %(unit)s, last 24 months") % {"unit": formats.thousands(currency)},
        sentence=finding,
        labels=[_month_label(m, index) for index, m in enumerate(axis)],
        series=rows,
        first=_("Month"),
    )


def year_totals(months: Sequence[SalesMonth], today: date) -> tuple[Decimal, Decimal]:
    """Sales of the last twelve whole months and of the twelve before."""
    edge, start = month_back(today, 12), month_back(today, 24)
    this_month = month_back(today, 0)
    last = sum((r.amount for r in months if edge <= r.month < this_month), Decimal())
    before = sum((r.amount for r in months if start <= r.month < edge), Decimal())
    return last, before


def change_of(now: Decimal, before: Decimal) -> float | None:
    """By how much of the former ``now`` is more; None where there was nothing to compare with."""
    return float((now - before) / before) if before > 0 else None


def life_position(lifecycle: str) -> tuple[int, int]:
    """(steps, place) of a lifecycle on its line."""
    stages = list(Lifecycle)
    return len(stages), stages.index(Lifecycle(lifecycle)) + 1


def _sales_finding(months: Sequence[SalesMonth], axis: Sequence[date]) -> tuple[str, str]:
    """The family that moved most over the second year against the first, and that in words."""
    edge = axis[len(axis) // 2]
    change: dict[str, Decimal] = defaultdict(Decimal)
    for row in months:
        if row.month >= axis[0]:
            change[row.family] += row.amount if row.month >= edge else -row.amount
    if not change:
        return "", _("No sale in the last 24 months")
    family = max(change, key=lambda name: change[name])
    if change[family] > 0:
        return family, _("%(family)s grew most") % {"family": family}
    falling = min(change, key=lambda name: change[name])
    return falling, _("%(family)s fell most") % {"family": falling}


def _month_label(month: date, index: int) -> str:
    letter = formats.month(month)[:1].upper()
    return f"{letter}\n{month.year}" if index == 0 or month.month == 1 else letter


def _people(employees: int | None) -> str:
    return "" if employees is None else _("%(count)s people") % {"count": formats.number(employees)}
