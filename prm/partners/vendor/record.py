"""A company's page and its tabs: one record at one address, whether it is a partner or not (adr/0008)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.money import reporting_currency
from prm.partners.forms.fields import language_name
from prm.partners.history.timeline import timeline_of
from prm.partners.models import Company, Lifecycle, Partner
from prm.partners.models.company import FACT_FIELDS
from prm.partners.profile import company as profile
from prm.partners.profile.missing import missing_of
from prm.partners.profile.people import life_lines, talks_of, term_lines
from prm.partners.rules.lifecycle import ALLOWED_MOVES, BIRTHS
from prm.partners.rules.sales import is_whole_year, month_back
from prm.partners.selectors import company as reading
from prm.partners.selectors import record as people
from prm.partners.selectors.members import portal_access
from prm.partners.selectors.merging import merges_into
from prm.partners.selectors.partners import partner_get
from prm.partners.tables.details import address, record_words
from prm.partners.tabs import tabs_of
from prm.ui import formats

SITES_SHOWN = 4
HISTORY_SHOWN = 6
FACTS_SHOWN = 10
EVERYTHING = 500
#: Below this share of known facts a profile says first what is missing.
SPARSE = 0.4


class RecordPage(ScopedPage):
    """What the tabs share: the company of the address, its head, the tabs. A company that was merged leads to the one it is part of."""

    abstract = True
    permission = "partners.company:view"
    template: ClassVar[str]
    #: The URL name of this tab.
    tab: ClassVar[str] = ""

    def get(self, request: HttpRequest, company_id: str, **parts: str) -> HttpResponse:
        if self.company.merged_into is not None:
            name, others = str(request.resolver_match.view_name), list(parts.values())  # type: ignore[union-attr]
            return redirect(name, self.company.merged_into.public_id, *others)
        return TemplateResponse(request, self.template, {**self.head(), **self.context()})

    def context(self) -> dict[str, Any]:
        """What the tab shows below the head."""
        raise NotImplementedError

    @cached_property
    def company(self) -> Company:
        return people.record_get(actor=self.actor, company_id=self.kwargs["company_id"])

    @property
    def partner(self) -> Partner | None:
        return getattr(self.company, "partner", None)

    def head(self) -> dict[str, Any]:
        """Name, life, identity, acts, tabs."""
        company, partner = self.company, self.partner
        steps, at = profile.life_position(partner.lifecycle) if partner else (len(Lifecycle), 0)
        return {
            "company": company, "partner": partner, "steps": steps, "at": at, "moves": self.moves(), "tabs": self.tabs(),
            "place": ", ".join(part for part in (company.city, formats.country_name(company.country)) if part),
            "may_merge": self.actor.may("partners.company:merge") and company.archived_at is None,
            "may_edit": self.actor.may("partners.company:edit") and company.archived_at is None,
            "may_relate": self.actor.may("partners.partner:edit") and partner is not None and company.archived_at is None,
        }  # fmt: skip

    def tabs(self) -> list[dict[str, Any]]:
        company = self.company
        own = [
            (_("Overview"), "company-detail", None), (_("Facts"), "company-facts", company.known_count),
            (_("People"), "company-people", company.people_count),  # type: ignore[attr-defined]
            *([(_("Relationship"), "company-relationship", None)] if self.partner else []),
        ]  # fmt: skip
        shown = [
            {"label": label, "url": reverse(f"vendor:partners:{name}", args=[company.public_id]), "count": count,
             "current": name == self.tab}
            for label, name, count in own
        ]  # fmt: skip
        for tab in tabs_of(self.actor, company):
            url = reverse("vendor:partners:company-tab", args=[company.public_id, tab.key])
            shown.append(
                {"label": tab.label, "url": url, "count": tab.count(company), "current": self.kwargs.get("key") == tab.key}
            )
        url = reverse("vendor:partners:company-history", args=[company.public_id])
        return [*shown, {"label": _("History"), "url": url, "count": None, "current": self.tab == "company-history"}]

    def moves(self) -> list[tuple[str, Any]]:
        """Where the relationship may go from here, as far as the person may move it."""
        partner = self.partner
        if self.company.archived_at is not None or (partner and partner.merged_into_id):
            return []
        verb, stages = ("advance", ALLOWED_MOVES[partner.lifecycle]) if partner else ("create", BIRTHS)
        return [(stage, Lifecycle(stage).label) for stage in stages] if self.actor.may(f"partners.partner:{verb}") else []

    def facts(self) -> list[profile.FactLine]:
        found = reading.company_facts(actor=self.actor, company=self.company)
        return profile.fact_lines(self.company, found, today=timezone.localdate())


class CompanyDetailPage(RecordPage):
    """One company, worth looking at: facts with freshness, sites, whom it carries, what it brings, what is missing, who talks to whom."""

    permission = "partners.company:view"
    template, tab = "partners/company/company_detail.html", "company-detail"

    def context(self) -> dict[str, Any]:
        actor, company, partner, today = self.actor, self.company, self.partner, timezone.localdate()
        lines = self.facts()
        positions = people.positions_of(actor=actor, company=company)
        known = people.liaisons_of(actor=actor, company=company)
        talks = talks_of(positions, known, me=actor.person_id, today=today, gaps=partner is not None)
        happened = timeline_of(actor, company, limit=HISTORY_SHOWN + 1)
        refresh = profile.refresh_next(lines)
        return {
            "facts": lines[:FACTS_SHOWN], "facts_summary": profile.facts_summary(lines, company.known_share),
            "unknown": sum(line.value is None for line in lines), "counted": len(FACT_FIELDS), "is_sparse": company.known_share < SPARSE,
            "needed": ", ".join(line.label for line in refresh), "refresh": refresh,
            "missing": missing_of(company, partner, refresh), "twins": self.twins(), "talks": talks,
            "timeline": happened[:HISTORY_SHOWN], "more_history": len(happened) > HISTORY_SHOWN,
            "may_introduce": actor.may("partners.liaison:edit") and company.archived_at is None,
            **self.hanging(get_language() or "en"), **self.sales(today),
        }  # fmt: skip

    def twins(self) -> list[reading.Twin]:
        """Companies that may be the same one."""
        company = self.company
        return [] if company.archived_at else reading.company_twins(
            actor=self.actor, name=company.name, country=company.country or "", website=company.website or "",
            registration_number=company.registration_number or "", besides=company.pk,
        )  # fmt: skip

    def hanging(self, language: str) -> dict[str, Any]:
        """What hangs on the company, as far as it is drawn."""
        actor, company = self.actor, self.company
        sites, carried = (
            reading.company_sites(actor=actor, company=company),
            reading.company_vendors(actor=actor, company=company),
        )
        mix = reading.company_mix(actor=actor, company=company)
        return {
            "sites": [(site, address(site)) for site in sites[:SITES_SHOWN]], "sites_count": len(sites),
            "sites_chart": profile.sites_chart(company, sites),
            "mix": profile.mix_bars(mix, language), "mix_over": profile.too_much([cell.share for cell in mix]),
            "vendors": profile.vendor_bars(carried), "vendors_over": profile.too_much([c.share_of_business for c in carried]),
        }  # fmt: skip

    def sales(self, today: Any) -> dict[str, Any]:
        """What a partner bought of us: the year, the year before, month by month."""
        if self.partner is None:
            return {}
        since = today.replace(day=1, year=today.year - 3)
        months = reading.partner_sales_by_month(actor=self.actor, partner=self.partner, since=since)
        now, before = profile.year_totals(months, today)
        currency = reporting_currency()
        first = min((row.month for row in months), default=None)
        is_whole = is_whole_year(first, month_back(today, 24))
        return {
            "sales": profile.sales_chart(months, today=today, currency=currency), "currency": currency,
            "year": (now, before),
            "change": profile.change_of(now, before) if is_whole else None, "sells_since": None if is_whole else first,
        }  # fmt: skip


class CompanyFactsPage(RecordPage):
    """Every fact with its source and day, and what else is known of it."""

    permission = "partners.company:view"
    template, tab = "partners/record/facts.html", "company-facts"

    def context(self) -> dict[str, Any]:
        actor, company, language = self.actor, self.company, get_language() or "en"
        lines = self.facts()
        offers = reading.company_offers(actor=actor, company=company)
        return {
            "facts": lines, "facts_summary": profile.facts_summary(lines, company.known_share),
            "measures": [(v.measure.name_in(language), v) for v in reading.company_measures(actor=actor, company=company)],
            "offers": profile.offer_groups(offers, language),
            "market_shares": [
                (record_words("market-shares", share), share.year, share.share)
                for share in reading.company_shares(actor=actor, company=company)
            ],
            "external_ids": reading.company_ids(actor=actor, company=company),
        }  # fmt: skip


class CompanyPeoplePage(RecordPage):
    """Who works there, by department, and who of ours talks to them."""

    permission = "partners.position:view"
    template, tab = "partners/record/people.html", "company-people"

    def context(self) -> dict[str, Any]:
        actor, company = self.actor, self.company
        positions = people.positions_of(actor=actor, company=company)
        known = people.liaisons_of(actor=actor, company=company)
        return {
            "talks": talks_of(
                positions, known, me=actor.person_id, today=timezone.localdate(), gaps=True, most=len(positions),
            ),
            "liaisons": [(liaison, next((p for p in positions if p.person_id == liaison.theirs_id), None)) for liaison in known],
            "may_introduce": actor.may("partners.liaison:edit") and company.archived_at is None,
            "access": portal_access(actor=actor, partner=self.partner)
            if self.partner is not None and actor.may("partners.partner:invite")
            else None,
        }  # fmt: skip


class CompanyRelationshipPage(RecordPage):
    """How the relationship stands, how it came to that, and who looked after it."""

    permission = "partners.partner:view"
    template, tab = "partners/record/relationship.html", "company-relationship"

    def context(self) -> dict[str, Any]:
        partner = self.partner
        if partner is None:
            raise Http404
        now = timezone.now()
        moves = people.moves_of(actor=self.actor, partner=partner)
        return {
            "life": life_lines(moves, now=now),
            "terms": term_lines(people.terms_of(actor=self.actor, partner=partner), now=now),
            "relation": partner_get(actor=self.actor, partner_id=partner.pk),
            "language_name": language_name(partner.language) if partner.language else "",
        }


class CompanyHistoryPage(RecordPage):
    """Everything that happened to a company."""

    permission = "partners.company:view"
    template, tab = "partners/company/company_history.html", "company-history"

    def context(self) -> dict[str, Any]:
        merges = merges_into(actor=self.actor, company=self.company)
        return {"timeline": timeline_of(self.actor, self.company, limit=EVERYTHING), "merges": merges}


class CompanyTabPage(RecordPage):
    """A tab that another feature brings."""

    permission = "partners.company:view"
    template = "partners/record/tab.html"

    def context(self) -> dict[str, Any]:
        tab = next((tab for tab in tabs_of(self.actor, self.company) if tab.key == self.kwargs["key"]), None)
        if tab is None:
            raise Http404
        return {"label": tab.label, "body": tab.template, "data": tab.provider(self.actor, self.company)}


class PartnerDetailPage(ScopedPage):
    """A partner by its own id: its page is its company's."""

    permission = "partners.partner:view"

    def get(self, request: HttpRequest, partner_id: str) -> HttpResponse:
        partner = partner_get(actor=self.actor, partner_id=Partner.key_of(partner_id))
        return redirect("vendor:partners:company-detail", partner.company.public_id)
