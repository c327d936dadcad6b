"""What companies, partners and sales add to the vendor's home: work that waits, figures, charts, who is moving.

Registered by ``prm.partners.apps``. Every figure is computed from rows by ``selectors.home``; its words are chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.access.actors import Actor
from prm.core.ids import typeid_encode
from prm.core.money import reporting_currency
from prm.events.subjects import SubjectNames, subject_names
from prm.partners.home.charts import coverage_chart, families_chart
from prm.partners.models import Lifecycle, Typology
from prm.partners.models.company import FACT_FIELDS
from prm.partners.rules import sales as rules
from prm.partners.rules.trust import DEFAULT_AGES
from prm.partners.selectors import home as read
from prm.ui import formats, home
from prm.ui.panels import Panel, panels

QUIET_AFTER = timedelta(days=60)
SETTLED_WITHIN = timedelta(days=62)
AGEING_DAYS, STALE_DAYS = DEFAULT_AGES  # of a fact of no particular kind, as on a profile
WAITS_AFTER = {Lifecycle.CANDIDATE: 45, Lifecycle.ENGAGED: 60, Lifecycle.CONTRACTED: 14, Lifecycle.ONBOARDING: 75}
VIEW = "partners.company:view"


def company_url(company_id: UUID) -> str:
    """The profile of a company."""
    return home.address("vendor:partners:company-detail", typeid_encode("company", company_id))


def _partners(whose: home.Whose) -> list[read.ChannelPartner]:
    return whose.once("partners", lambda: read.channel_partners(actor=whose.actor, person_id=whose.person_id))


def _sales(whose: home.Whose) -> Mapping[UUID, read.PartnerSales]:
    today = timezone.localdate()
    return whose.once("sales", lambda: read.partner_sales(actor=whose.actor, today=today, person_id=whose.person_id))


def _monthly(whose: home.Whose) -> Mapping[UUID, list[Decimal]]:
    today = timezone.localdate()
    return whose.once("monthly", lambda: read.monthly_sales(actor=whose.actor, today=today, person_id=whose.person_id))


def _who(partner: read.ChannelPartner) -> str:
    """``VAR, Brest``: what a partner is and where."""
    typology = str(Typology(partner.typology).label) if partner.typology else ""
    return ", ".join(part for part in (typology, partner.city) if part)


def _item(partner: read.ChannelPartner, **said: Any) -> home.WorkItem:
    return home.WorkItem(subject=partner.name, url=company_url(partner.company_id), **said)


def _partners_by(whose: home.Whose, **asked: Any) -> str:
    """The list of partners that a group of work is the head of: those of whoever's home it is, in its order."""
    query = asked | ({"manager": str(whose.person_id)} if whose.person_id else {})
    return home.address("vendor:partners:partner-list") + "?" + urlencode(query, doseq=True)


def gone_quiet(whose: home.Whose) -> home.Work | None:
    """Partners that sell, or did, and have not ordered for 60 days: those that bought most in a year come first."""
    today, sales = timezone.localdate(), _sales(whose)
    found = []
    for partner in _partners(whose):
        sold = sales.get(partner.pk)
        if partner.lifecycle in read.SELLING and sold and sold.last_on and today - sold.last_on > QUIET_AFTER:
            found.append((max(sold.year, sold.year_before), (today - sold.last_on).days, partner, sold))
    found.sort(key=lambda entry: (-entry[0], entry[2].name_key))
    items = [
        _item(
            partner,
            why=_("%(who)s · last order %(day)s") % {"who": _who(partner), "day": formats.day(sold.last_on)},
            due=_("%(count)s days quiet") % {"count": days},
            tone="hot" if days > 120 else "soon" if days > 90 else "",
            amount=worth,
            act=_("Open"),
        )
        for worth, days, partner, sold in found[: home.SHOWN]
    ]
    at_stake = sum((entry[0] for entry in found), Decimal(0))
    about = _("%(amount)s a year") % {"amount": formats.money(at_stake, reporting_currency(), short=True)}
    return home.Work(items=items, total=len(found), about=about, all_url=_partners_by(whose, sort="last"))


def waiting_for_us(whose: home.Whose) -> home.Work | None:
    """Partners that have stayed in a stage before the first sale for longer than that stage should take."""
    now = timezone.now()
    found = []
    for partner in _partners(whose):
        limit = WAITS_AFTER.get(Lifecycle(partner.lifecycle))
        days = (now - partner.lifecycle_since).days
        if limit is not None and days > limit:
            found.append((days / limit, days, partner))
    found.sort(key=lambda entry: (-entry[0], entry[2].name_key))
    items = [
        _item(
            partner,
            why=_("%(who)s · %(stage)s, meant to take %(days)s days")
            % {
                "who": _who(partner),
                "stage": Lifecycle(partner.lifecycle).label,
                "days": WAITS_AFTER[Lifecycle(partner.lifecycle)],
            },
            due=_("%(count)s days waiting") % {"count": days},
            tone="hot" if ratio > 2 else "soon" if ratio > 1.5 else "",
            act=_("Open"),
        )
        for ratio, days, partner in found[: home.SHOWN]
    ]
    return home.Work(items=items, total=len(found), all_url=_partners_by(whose, sort="since", lifecycle=[*WAITS_AFTER]))


def facts_to_refresh(whose: home.Whose) -> home.Work | None:
    """Partners of which a fact is older than a year and a half, the oldest first."""
    today = timezone.localdate()
    dated = [(p.stalest_on, p) for p in _partners(whose) if p.stalest_on]
    stale = [(day, p) for day, p in dated if (today - day).days >= AGEING_DAYS]
    stale.sort(key=lambda entry: (entry[0], entry[1].name_key))
    items = []
    for day, partner in stale[: home.SHOWN]:
        unknown = len(FACT_FIELDS) - int(partner.known_count)
        why = _("Oldest fact of %(day)s") % {"day": formats.month(day)}
        if unknown:
            why += " · " + ngettext("%(count)s fact not known", "%(count)s facts not known", unknown) % {"count": unknown}
        days = (today - day).days
        items.append(_item(partner, why=why, due=_age(days), tone="hot" if days >= STALE_DAYS else "soon", act=_("Refresh")))
    before = today - timedelta(days=AGEING_DAYS)
    every = home.address("vendor:partners:company-list") + "?" + urlencode({"partner": "yes", "stale_to": before.isoformat()})
    return home.Work(items=items, total=len(stale), all_url=every)


def _age(days: int) -> str:
    """``19 months old``: how long ago, as people say it."""
    months = round(days / 30.4)
    return ngettext("%(count)s month old", "%(count)s months old", months) % {"count": formats.number(months)}


def sales_kpi(whose: home.Whose) -> home.Kpi | None:
    """Sales of the quarter so far, against the same days and the whole quarter of last year."""
    sales, spans = _sales(whose), rules.spans_of(timezone.localdate())
    if not sales:
        return None
    now, before, whole = (
        sum((getattr(s, k) for s in sales.values()), Decimal(0))
        for k in ("quarter", "quarter_before", "quarter_before_whole")
    )
    quarter = _("Q%(number)s") % {"number": spans.quarter_number}
    currency = reporting_currency()
    return home.Kpi(
        label=_("Partner sales, %(quarter)s so far") % {"quarter": quarter},
        value=formats.money(now, currency, short=True),
        of=_("of %(amount)s") % {"amount": formats.money(whole, currency, short=True)} if whole else "",
        share=min(float(now / whole), 1.0) if whole else None,
        tick=float(before / whole) if whole else None,
        change=rules.change(now, before),
        about=_("on %(quarter)s %(year)s") % {"quarter": quarter, "year": spans.quarter_before[0].year},
    )


def year_kpi(whose: home.Whose) -> home.Kpi | None:
    """Sales of the last twelve months for each partner that bought, against the twelve before."""
    sales = _sales(whose).values()
    now, before = [s.year for s in sales if s.year > 0], [s.year_before for s in sales if s.year_before > 0]
    if not now:
        return None
    each = sum(now, Decimal(0)) / len(now)
    each_before = sum(before, Decimal(0)) / len(before) if before else Decimal(0)
    return home.Kpi(
        label=_("Sales a partner, 12 months"),
        value=formats.money(each, reporting_currency(), short=True),
        change=rules.change(each, each_before),
        about=_("on a year before"),
    )


def active_kpi(whose: home.Whose) -> home.Kpi | None:
    """Partners that ordered within 90 days, of those that sell; and how many did a year ago."""
    sales = _sales(whose)
    selling = [p for p in _partners(whose) if p.lifecycle in read.SELLING]
    if not selling:
        return None
    lately = sum(1 for p in selling if p.pk in sales and sales[p.pk].lately)
    before = sum(1 for s in sales.values() if s.lately_before)
    share = lately / len(selling)
    return home.Kpi(
        label=_("Ordered in 90 days"),
        value=formats.number(lately),
        of=_("of %(count)s partners") % {"count": formats.number(len(selling))},
        share=share,
        kind="us" if share >= 0.8 else "warn",
        about=_("%(count)s a year ago") % {"count": formats.number(before)},
    )


def concentration_kpi(whose: home.Whose) -> home.Kpi | None:
    """How much of twelve months' sales the five largest partners make; less is safer."""
    sales = _sales(whose).values()
    now = rules.five_largest([s.year for s in sales])
    before = rules.five_largest([s.year_before for s in sales])
    if now is None:
        return None
    points = None if before is None else now - before
    return home.Kpi(
        label=_("Five largest, of sales"),
        value=formats.percent(now),
        share=now,
        tick=before,
        change=points,
        change_text="" if points is None else _("%(points)s pts") % {"points": formats.number(abs(points) * 100)},
        good_when_up=False,
        about=_("on a year before"),
    )


def known_kpi(whose: home.Whose) -> home.Kpi | None:
    """Companies known by half or more, and the mean known share of partners beside that of all."""
    found = whose.once("knowledge", lambda: read.knowledge_of_companies(actor=whose.actor))
    if not found.companies:
        return None
    return home.Kpi(
        label=_("Facts known, whole directory") if whose.person_id else _("Facts known"),
        value=formats.percent(found.known),
        of=_("partners %(share)s") % {"share": formats.percent(found.partners_known)},
        share=found.known,
        tick=found.partners_known,
        about=_("%(profiled)s of %(count)s by half")
        % {"profiled": formats.number(found.profiled), "count": formats.number(found.companies)},
    )


def movers(actor: Actor, whose: home.Whose) -> dict[str, Any] | None:
    """The two partners that gained most and the two that lost most, the last six whole months against the six before.

    Those that sold the year before too: how steeply a newcomer begins is no move.
    """
    monthly, settled = _monthly(whose), _settled(whose)
    names = {p.pk: p for p in _partners(whose)}
    floor = sum((sum(v) for v in monthly.values()), Decimal(0)) / max(len(monthly), 1) / 4
    found = [
        (change, names[key], values)
        for key, values in monthly.items()
        if key in names
        and key in settled
        and sum(values[:6]) > floor / 4
        and sum(values) > floor
        and (change := rules.moved(values)) is not None
        and abs(change) >= 0.05
    ]
    found.sort(key=lambda entry: (-entry[0], entry[1].name_key))
    up, down = [e for e in found if e[0] > 0][:2], [e for e in found if e[0] < 0][-2:]
    shown = [
        {
            "name": partner.name,
            "url": company_url(partner.company_id),
            "values": [float(v) for v in values],
            "change": change,
            "figure": formats.percent(change, signed=True),
            "label": _("Sales by month over twelve months"),
        }
        for change, partner, values in (*up, *down)
    ]
    return {"movers": shown} if shown else None


def _settled(whose: home.Whose) -> set[UUID]:
    """The partners that bought within the first two months of the year before."""
    start = rules.spans_of(timezone.localdate()).year_before[0]
    return {key for key, sold in _sales(whose).items() if sold.first_on and sold.first_on < start + SETTLED_WITHIN}


def _company_subjects(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    return {key: (name, company_url(key)) for key, name in read.company_names(actor=actor, ids=list(ids)).items()}


def _partner_subjects(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    found = read.partner_companies(actor=actor, ids=list(ids))
    return {key: (name, company_url(company_id)) for key, (company_id, name) in found.items()}


def register() -> None:
    """Adds all of it to the home page; called once, when the app is ready."""
    for order, key, label, icon, provider in (
        (10, "quiet", gettext_lazy("Partners gone quiet"), "bell", gone_quiet),
        (20, "waiting", gettext_lazy("Waiting for us"), "user-search", waiting_for_us),
        (60, "stale", gettext_lazy("Facts to refresh"), "refresh", facts_to_refresh),
    ):
        home.work.register(
            home.WorkSource(key=f"partners.{key}", label=label, icon=icon, permission=VIEW, provider=provider, order=order)
        )
    for order, (key, figure) in enumerate(
        (("sales", sales_kpi), ("year", year_kpi), ("active", active_kpi), ("known", known_kpi), ("five", concentration_kpi))
    ):
        home.kpis.register(home.KpiSource(key=f"partners.{key}", permission=VIEW, provider=figure, order=10 * order))
    home.home_charts.register(home.ChartSource(key="partners.families", permission=VIEW, provider=families_chart, order=10))
    home.home_charts.register(home.ChartSource(key="partners.coverage", permission=VIEW, provider=coverage_chart, order=20))
    panels.register(
        Panel(
            key="moving", place="home:rail", title=gettext_lazy("Moving"), template="partners/home_moving.html", provider=movers,
            order=30, permission=VIEW,
        )
    )  # fmt: skip
    subject_names.register(SubjectNames("company", _company_subjects))
    subject_names.register(SubjectNames("partner", _partner_subjects))
    home.steps.register(
        home.FirstStep(
            key="companies", order=10, title=gettext_lazy("Bring your companies"),
            text=gettext_lazy("A CSV or Excel file as it is: columns are recognised, errors shown cell by cell."),
            act=gettext_lazy("Import companies"), url_name="vendor:imports:import-new", permission="partners.company:import",
            is_done=lambda whose: bool(_partners(whose)) or read.has_companies(actor=whose.actor),
        )
    )  # fmt: skip
    home.steps.register(
        home.FirstStep(
            key="partners", order=20, title=gettext_lazy("Say who your partners are"),
            text=gettext_lazy("Open a company that already sells for you and mark it as a partner, or import your sales."),
            act=gettext_lazy("Choose partners"), url_name="vendor:partners:company-list", permission=VIEW,
            is_done=lambda whose: bool(_partners(whose)) or read.has_partners(actor=whose.actor),
        )
    )  # fmt: skip
