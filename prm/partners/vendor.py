"""Pages of companies for the vendor's people: list, profile, create, edit, archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.accounts.selectors import person_names
from prm.core.keyset import BadCursor, KeysetPage
from prm.partners import profile
from prm.partners.details import DETAILS
from prm.partners.models import Company, Lifecycle
from prm.partners.navigation import bulk_acts
from prm.partners.rules import ALLOWED_MOVES, BIRTHS
from prm.partners.rules_sales import is_whole_year, month_back
from prm.partners.selectors import companies as listing
from prm.partners.selectors import company as reading
from prm.partners.selectors.details import details_of
from prm.partners.services import companies as services
from prm.partners.tables import company_spec, country_name
from prm.partners.tables_details import address, record_words
from prm.ui import formats
from prm.ui.listings import Empty, Listing, ViewTab
from prm.ui.tables import ListSpec, ListState, Page
from prm.ui.toasts import toast
from prm.views.listing import ListPage

SITES_SHOWN = 6
HISTORY_SHOWN = 8
EVERYTHING = 500
#: Below this share of known facts a profile says first what is missing.
SPARSE = 0.4
TABS = (
    ("sort=name", gettext_lazy("All")),  # says something, so that it is not what a default view replaces
    ("partner=yes", gettext_lazy("Partners")),
    ("partner=no&known_min=50", gettext_lazy("Known, not partners")),
    ("known_max=40", gettext_lazy("To fill in")),
)


class CompanyPageBase(ScopedPage):
    """What the list and acts on a selection share: the spec with the choices of this installation."""

    abstract = True

    def spec(self) -> ListSpec:
        return company_spec(
            vendors=reading.vendor_options(actor=self.actor), territories=reading.territory_options(actor=self.actor)
        )


class CompanyListPage(CompanyPageBase, ListPage):
    """Any company of the universe, found in seconds (P1)."""

    permission = "partners.company:view"
    list_name, template = "companies", "partners/company/company_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = self.spec()
        state = spec.state(request)
        found = self._found(state, spec.page_size)
        listing.add_carried(actor=self.actor, companies=list(found.rows))
        page = Page(
            rows=found.rows, total=found.total, capped=found.capped, start=None if state.cursor else 1,
            next=found.next, previous=found.previous,
        )  # fmt: skip
        return Listing(
            hidden_by={} if found.rows else self._hidden_by(state),
            spec=spec, state=state, page=page, noun=_("Companies"),
            views=[ViewTab(label=label, query=query) for query, label in TABS],
            bulk=bulk_acts(self.actor),
            export="companies",
            row_id=lambda company: company.public_id,
            empty=Empty(
                title=_("No company yet"), text=_("Bring a file of companies, or add the first one by hand."),
                act_label=_("Import a file"), act_url=reverse("vendor:imports:import-new"),
            ),
        )  # fmt: skip

    def counts(self, states: Sequence[ListState]) -> list[tuple[int, bool]]:
        return listing.company_counts(actor=self.actor, asked=[(state.q, state.values) for state in states])

    def _found(self, state: ListState, size: int) -> KeysetPage:
        """The page that the URL names; the first one when its cursor is of another order or no cursor at all."""
        asked = {"q": state.q, "filters": state.values, "sort": state.ordering, "limit": size}
        try:
            return listing.company_list(actor=self.actor, cursor=state.cursor, **asked)
        except BadCursor:
            return listing.company_list(actor=self.actor, **asked)

    def _hidden_by(self, state: ListState) -> dict[str, str]:
        """What would be found without each of the filters: which one hides what is looked for."""
        without = [(state.q, {name: v for name, v in state.values.items() if name != key}) for key in state.values]
        counts = listing.company_counts(actor=self.actor, asked=without) if without else []
        return {
            key: formats.count(total, capped=capped)
            for key, (total, capped) in zip(state.values, counts, strict=True)
            if total
        }


class CompanyDetailPage(ScopedPage):
    """One company, worth looking at: facts with freshness, sites, whom it carries, what it sells, history."""

    permission = "partners.company:view"

    def get(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = reading.company_get(actor=self.actor, company_id=company_id)
        return TemplateResponse(request, "partners/company/company_detail.html", self.context(company))

    def context(self, company: Company) -> dict[str, Any]:
        actor, language, today = self.actor, get_language() or "en", timezone.localdate()
        partner = getattr(company, "partner", None)
        lines = profile.fact_lines(company, reading.company_facts(actor=actor, company=company), today=today)
        steps, at = profile.life_position(partner.lifecycle) if partner else (len(Lifecycle), 0)
        history = reading.company_history(actor=actor, company=company, limit=HISTORY_SHOWN + 1)
        missing, refresh = [line for line in lines if line.value is None], profile.refresh_next(lines)
        twins = [] if company.archived_at else reading.company_twins(
            actor=actor, name=company.name, country=company.country or "", website=company.website or "",
            registration_number=company.registration_number or "", besides=company.pk,
        )  # fmt: skip
        return {
            "company": company, "partner": partner, "steps": steps, "at": at, "moves": self.moves(partner, company),
            "place": ", ".join(part for part in (company.city, country_name(company.country)) if part),
            "facts": lines, "facts_summary": profile.facts_summary(lines, company.known_share), "twins": twins,
            "missing": missing, "is_sparse": company.known_share < SPARSE, "refresh": refresh,
            "needed": ", ".join(line.label for line in refresh),
            "history": profile.history_lines(history[:HISTORY_SHOWN], self.names(history)),
            "more_history": len(history) > HISTORY_SHOWN,
            "may_edit": actor.may("partners.company:edit") and company.archived_at is None,
            **self.details(company, language), **self.sales(partner, today),
        }  # fmt: skip

    def details(self, company: Company, language: str) -> dict[str, Any]:
        """What hangs on the company."""
        actor = self.actor
        sites, carried = (
            reading.company_sites(actor=actor, company=company),
            reading.company_vendors(actor=actor, company=company),
        )
        mix, offers = reading.company_mix(actor=actor, company=company), reading.company_offers(actor=actor, company=company)
        return {
            "sites": [(site, address(site)) for site in sites[:SITES_SHOWN]], "sites_count": len(sites),
            "sites_chart": profile.sites_chart(company, sites),
            "mix": profile.mix_bars(mix, language), "mix_over": profile.too_much([cell.share for cell in mix]),
            "vendors": profile.vendor_bars(carried), "vendors_over": profile.too_much([c.share_of_business for c in carried]),
            "offers": profile.offer_groups(offers, language),
            "market_shares": [
                (record_words("market-shares", share), share.year, share.share)
                for share in reading.company_shares(actor=actor, company=company)
            ],
            "people": details_of(actor=actor, kind=DETAILS["people"], company_id=company.pk),
            "external_ids": reading.company_ids(actor=actor, company=company),
            "measures": [(v.measure.name_in(language), v) for v in reading.company_measures(actor=actor, company=company)],
        }  # fmt: skip

    def sales(self, partner: Any, today: Any) -> dict[str, Any]:
        """What a partner bought of us: the year, the year before, month by month."""
        if partner is None:
            return {}
        since = today.replace(day=1, year=today.year - 3)
        months = reading.partner_sales_by_month(actor=self.actor, partner=partner, since=since)
        now, before = profile.year_totals(months, today)
        currency = settings.REPORTING_CURRENCY
        first = min((row.month for row in months), default=None)
        is_whole = is_whole_year(first, month_back(today, 24))
        return {
            "sales": profile.sales_chart(months, today=today, currency=currency), "currency": currency,
            "year": (now, before),
            "change": profile.change_of(now, before) if is_whole else None, "sells_since": None if is_whole else first,
        }  # fmt: skip

    def names(self, history: list[Any]) -> dict[UUID, str]:
        return person_names(actor=self.actor, user_ids=[entry.actor_id for entry in history if entry.actor_id])

    def moves(self, partner: Any, company: Company) -> list[tuple[str, Any]]:
        """Where the relationship may go from here, as far as the person may move it."""
        if company.archived_at is not None:
            return []
        verb, stages = ("advance", ALLOWED_MOVES[partner.lifecycle]) if partner else ("create", BIRTHS)
        return [(stage, Lifecycle(stage).label) for stage in stages] if self.actor.may(f"partners.partner:{verb}") else []


class CompanyHistoryPage(CompanyDetailPage):
    """Everything that happened to a company."""

    permission = "partners.company:view"

    def get(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = reading.company_get(actor=self.actor, company_id=company_id)
        history = reading.company_history(actor=self.actor, company=company, limit=EVERYTHING)
        context = {"company": company, "history": profile.history_lines(history, self.names(history))}
        return TemplateResponse(request, "partners/company/company_history.html", context)


class CompanyArchivePage(ScopedPage):
    """Out of the lists, never out of history; undone from the toast."""

    permission = "partners.company:archive"

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = services.company_archive(actor=self.actor, company_id=Company.key_of(company_id))
        toast(
            request,
            _("%(name)s is archived.") % {"name": company.name},
            undo_url=reverse("vendor:partners:company-restore", args=[company.public_id]),
        )
        return redirect("vendor:partners:company-list")


class CompanyRestorePage(ScopedPage):
    """Back in the lists."""

    permission = "partners.company:archive"

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = services.company_restore(actor=self.actor, company_id=Company.key_of(company_id))
        toast(request, _("%(name)s is back.") % {"name": company.name})
        return redirect("vendor:partners:company-detail", company.public_id)
