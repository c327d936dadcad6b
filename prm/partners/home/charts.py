"""The two charts of the home page that speak of the channel: what partners buy, and who is carried where."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from prm.core.money import reporting_currency
from prm.partners.rules import sales as rules
from prm.partners.selectors import home as read
from prm.ui import charts, formats, home

MONTHS = 24
REGIONS = 8
ENOUGH = 5  # fewer known companies than that say nothing of a region


def families_chart(whose: home.Whose) -> charts.Chart | None:
    """Partner sales by family over 24 whole months. The title says which family leads now, or gained most."""
    today = timezone.localdate()
    families = read.family_sales(actor=whose.actor, today=today, months=MONTHS, person_id=whose.person_id)
    now, before = rules.leaders(families)
    if not now:
        return None
    risen, share_before, share_now = rules.risen_most(families)
    shares = {"share": formats.percent(share_now), "before": formats.percent(share_before)}
    sentence = _("%(family)s rose from %(before)s to %(share)s of partner sales.") % {"family": risen, **shares}
    if before and now != before:
        title, other = _("%(now)s took over from %(before)s") % {"now": now, "before": before}, before
    elif risen:
        title = _("%(family)s gains most: %(share)s of sales, %(before)s a year before") % {"family": risen, **shares}
        other = risen if risen != now else _second(families, now)
    else:
        # Nothing to compare with yet: the first year of sales.
        title, other = _("%(family)s sells most") % {"family": now}, _second(families, now)
        sentence = title
    shown = list(dict.fromkeys((other, now)))
    rest = [sum((v[n] for f, v in families.items() if f not in shown), Decimal(0)) for n in range(MONTHS)]
    thousand = Decimal(1000)
    series: list[dict[str, Any]] = [
        *(
            {"name": name, "tone": "us" if name == now else "us-3", "values": [float(v / thousand) for v in families[name]]}
            for name in shown
        ),
        {"name": _("Other"), "tone": "line-strong", "values": [float(v / thousand) for v in rest]},
    ]
    starts = rules.months_back(today, MONTHS)
    labels = [
        # The year stands under January, and under the first month unless a January follows too soon.
        formats.month(day)[:1].upper() + (f"\n{day.year}" if day.month == 1 or (n == 0 and day.month < 10) else "")
        for n, day in enumerate(starts)
    ]
    return charts.columns(
        key="families",
        title=title,
        about=_("Partner sales by month, %(unit)s, last %(count)s whole months")
        % {"unit": formats.thousands(reporting_currency()), "count": MONTHS},
        sentence=sentence,
        labels=labels,
        series=series,
        first=_("Month"),
        height=240,
    )


def coverage_chart(whose: home.Whose) -> charts.Chart | None:
    """Where we or a rival are carried more: the lead in points, region by region. The title names the widest of each side."""
    ours, rivals, regions = read.coverage_by_region(actor=whose.actor)
    leads = []
    for region in regions:
        if not ours or not rivals or region.companies < ENOUGH:
            continue
        mine = region.carriers.get(ours, 0) / region.companies
        rival = max(rivals, key=lambda name: (region.carriers.get(name, 0), name))
        theirs = region.carriers.get(rival, 0) / region.companies
        leads.append((mine - theirs, region, rival))
    leads = leads[:REGIONS]
    if not leads:
        return None
    leads.sort(key=lambda entry: -entry[0])
    best, worst = leads[0], leads[-1]
    if best[0] > 0 > worst[0]:
        title = _("%(rival)s leads in %(there)s; we lead in %(here)s") % {
            "rival": worst[2], "there": worst[1].region, "here": best[1].region,
        }  # fmt: skip
    elif worst[0] < 0:
        title = _("%(rival)s leads most in %(there)s") % {"rival": worst[2], "there": worst[1].region}
    else:
        title = _("We lead everywhere, most in %(here)s") % {"here": best[1].region}
    items = [
        {
            "name": region.region,
            "value": abs(lead) * 100,
            "tone": "us" if lead >= 0 else "them",
            "figure": _("%(name)s +%(points)s")
            % {"points": formats.number(abs(lead) * 100), "name": ours if lead >= 0 else rival},
        }
        for lead, region, rival in leads
    ]  # fmt: skip
    return charts.bars(
        key="coverage",
        title=title,
        about=_("%(ours)s and the stronger of %(rivals)s: share of companies that carry it, lead in points")
        % {"ours": ours, "rivals": _(" and ").join(rivals)},
        sentence=title,
        items=items,
        head=(_("Region"), _("Lead")),
        height=240,
    )


def _second(families: dict[str, list[Decimal]], first: str) -> str:
    others = {name: sum(values, Decimal(0)) for name, values in families.items() if name != first}
    return max(others, key=lambda name: (others[name], name), default=first)
