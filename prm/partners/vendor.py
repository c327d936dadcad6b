"""Pages of companies for the vendor's people: list, profile, create, edit, archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.accounts.selectors import person_names
from prm.core.errors import Conflict, Invalid
from prm.core.ids import typeid_decode
from prm.core.keyset import BadCursor, KeysetPage
from prm.partners import profile
from prm.partners.forms import CompanyForm, changed_words
from prm.partners.models import Company, Lifecycle, SavedView
from prm.partners.navigation import bulk_acts
from prm.partners.rules import ALLOWED_MOVES, BIRTHS
from prm.partners.selectors import companies as listing
from prm.partners.selectors import company as reading
from prm.partners.selectors.views import saved_view_list
from prm.partners.services import companies as services
from prm.partners.tables import company_spec
from prm.ui.tables import Empty, Listing, ListSpec, ListState, Page, ViewTab, render_list
from prm.ui.toasts import toast

TABS = (
    ("", gettext_lazy("All")),
    ("partner=yes", gettext_lazy("Partners")),
    ("partner=no&known_min=50", gettext_lazy("Known, not partners")),
    ("known_max=40", gettext_lazy("To fill in")),
)


def company_key(public_id: str) -> UUID:
    """The id behind ``company_…`` in a URL; 404 for anything else."""
    try:
        return typeid_decode(Company.typeid_prefix, public_id)
    except ValueError as error:
        raise Http404 from error


class CompanyPageBase(ScopedPage):
    """What the list and acts on a selection share: the spec with the choices of this installation."""

    abstract = True

    def spec(self) -> ListSpec:
        return company_spec(
            vendors=reading.vendor_options(actor=self.actor), territories=reading.territory_options(actor=self.actor)
        )


class CompanyListPage(CompanyPageBase):
    """Any company of the universe, found in seconds (P1)."""

    permission = "partners.company:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        spec = self.spec()
        state = spec.state(request)
        found = self._found(state, spec.page_size)
        listing.add_carried(actor=self.actor, companies=list(found.rows))
        page = Page(
            rows=found.rows, total=found.total, capped=found.capped, start=None if state.cursor else 1,
            next=found.next, previous=found.previous,
        )  # fmt: skip
        shown = Listing(
            spec=spec, state=state, page=page, noun=_("Companies"), views=self._views(state, spec, found),
            bulk=bulk_acts(self.actor), save_view_url=reverse("vendor:partners:saved-view-create"),
            extra={"own_view": self._own_view(state)},
            export="companies",
            row_id=lambda company: company.public_id,
            empty=Empty(
                title=_("No company yet"), text=_("Bring a file of companies, or add the first one by hand."),
                act_label=_("Import a file"), act_url=reverse("vendor:imports:import-new"),
            ),
        )  # fmt: skip
        return render_list(request, shown, "partners/company/company_list.html")

    def _found(self, state: ListState, size: int) -> KeysetPage:
        """The page that the URL names; the first one when its cursor is of another order or no cursor at all."""
        asked = {"q": state.q, "filters": state.values, "sort": state.ordering, "limit": size}
        try:
            return listing.company_list(actor=self.actor, cursor=state.cursor, **asked)
        except BadCursor:
            return listing.company_list(actor=self.actor, **asked)

    def _views(self, state: ListState, spec: ListSpec, found: KeysetPage) -> list[ViewTab]:
        """The usual tabs, then one's own and shared views. The current one is counted already; the others are, up to 10,000, at once."""
        now = _bare(state.query)
        tabs = [(str(label), query, False) for query, label in TABS]
        tabs += [(view.name, view.query, view.is_shared) for view in self.saved]
        others = [query for _label, query, _shared in tabs if _bare(QueryDict(query)) != now]
        asked = [spec.state_of(QueryDict(query)) for query in others]
        counts = listing.company_counts(actor=self.actor, asked=[(other.q, other.values) for other in asked])
        known = dict(zip(others, counts, strict=True))
        shown = []
        for label, query, shared in tabs:
            total, capped = known.get(query, (found.total, found.capped))
            shown.append(
                ViewTab(label=label, query=query, count=None if capped else total, shared=shared, current=query not in known)
            )
        return shown

    @cached_property
    def saved(self) -> list[SavedView]:
        return saved_view_list(actor=self.actor, page="partners:companies")

    def _own_view(self, state: ListState) -> SavedView | None:
        """The view that is open, when it is one's own: it can be removed."""
        now = _bare(state.query)
        mine = (view for view in self.saved if view.person_id == self.actor.person_id)
        return next((view for view in mine if _bare(QueryDict(view.query)) == now), None)


def _bare(query: QueryDict) -> QueryDict:
    """A query string without what does not make a view another one."""
    found = query.copy()
    for name in ("cursor", "sort", "col"):
        found.pop(name, None)
    return found


class CompanyDetailPage(ScopedPage):
    """One company, worth looking at: facts with freshness, sites, whom it carries, what it sells, history."""

    permission = "partners.company:view"

    def get(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = reading.company_get(actor=self.actor, company_id=company_key(company_id))
        return TemplateResponse(request, "partners/company/company_detail.html", self.context(company))

    def context(self, company: Company) -> dict[str, Any]:
        actor = self.actor
        partner = getattr(company, "partner", None)
        facts = reading.company_facts(actor=actor, company=company)
        sites = reading.company_sites(actor=actor, company=company)
        carried = reading.company_vendors(actor=actor, company=company)
        today = timezone.localdate()
        months = (
            reading.partner_sales_by_month(actor=actor, partner=partner, since=today.replace(day=1, year=today.year - 3))
            if partner
            else []
        )
        lines = profile.fact_lines(company, facts, today=today)
        history = reading.company_history(actor=actor, company=company)
        names = person_names(actor=actor, user_ids=[entry.actor_id for entry in history if entry.actor_id])
        language = get_language() or "en"
        steps, at = profile.life_position(partner.lifecycle) if partner else (len(Lifecycle), 0)
        return {
            "company": company, "partner": partner, "steps": steps, "at": at, "moves": self.moves(partner, company),
            "facts": lines, "facts_summary": profile.facts_summary(lines, company.known_share),
            "missing": [line.label for line in lines if line.value is None],
            "measures": [
                (value.measure.name_in(language), value) for value in reading.company_measures(actor=actor, company=company)
            ],
            "sites": sites, "sites_chart": profile.sites_chart(company, sites),
            "mix": profile.mix_bars(reading.company_mix(actor=actor, company=company), language),
            "vendors": profile.vendor_bars(carried),
            "offers": [offer.category.name_in(language) for offer in reading.company_offers(actor=actor, company=company)],
            "sales": profile.sales_chart(months, today=today, currency=settings.REPORTING_CURRENCY),
            "year": profile.year_totals(months, today), "currency": settings.REPORTING_CURRENCY,
            "history": profile.history_lines(history, names),
        }  # fmt: skip

    def moves(self, partner: Any, company: Company) -> list[tuple[str, Any]]:
        """Where the relationship may go from here, as far as the person may move it."""
        if company.archived_at is not None:
            return []
        verb, stages = ("advance", ALLOWED_MOVES[partner.lifecycle]) if partner else ("create", BIRTHS)
        return [(stage, Lifecycle(stage).label) for stage in stages] if self.actor.may(f"partners.partner:{verb}") else []


class CompanyFormPage(ScopedPage):
    """Create and edit: the same form, answered with 422 and everything kept when it does not pass."""

    abstract = True

    def shown(
        self, request: HttpRequest, form: CompanyForm, company: Company | None = None, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "company": company}
        return TemplateResponse(request, "partners/company/company_form.html", context, status=status)

    def refused_values(
        self, request: HttpRequest, form: CompanyForm, refusal: Invalid, company: Company | None = None
    ) -> HttpResponse:
        form.add_refusal(refusal)
        return self.shown(request, form, company, 422)


class CompanyCreatePage(CompanyFormPage):
    """A company entered by hand."""

    permission = "partners.company:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(request, CompanyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CompanyForm(request.POST)
        if not form.is_valid():
            return self.shown(request, form, status=422)
        try:
            company = services.company_create(actor=self.actor, values=form.values())
        except Invalid as refusal:
            return self.refused_values(request, form, refusal)
        toast(request, _("%(name)s is added.") % {"name": company.name})
        return redirect("vendor:partners:company-detail", company.public_id)


class CompanyEditPage(CompanyFormPage):
    """Facts corrected by hand: the person is the source."""

    permission = "partners.company:edit"

    def get(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = reading.company_get(actor=self.actor, company_id=company_key(company_id))
        return self.shown(request, CompanyForm.of(company), company)

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = reading.company_get(actor=self.actor, company_id=company_key(company_id))
        form = CompanyForm(request.POST)
        if not form.is_valid():
            return self.shown(request, form, company, 422)
        try:
            services.company_edit(
                actor=self.actor, company_id=company.pk, values=form.values(), version=form.cleaned_data["version"]
            )
        except Conflict as refusal:
            form.add_error(None, changed_words(refusal))
            return self.shown(request, form, company, 409)
        except Invalid as refusal:
            return self.refused_values(request, form, refusal, company)
        toast(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
        return redirect("vendor:partners:company-detail", company.public_id)


class CompanyArchivePage(ScopedPage):
    """Out of the lists, never out of history; undone from the toast."""

    permission = "partners.company:archive"

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        company = services.company_archive(actor=self.actor, company_id=company_key(company_id))
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
        company = services.company_restore(actor=self.actor, company_id=company_key(company_id))
        toast(request, _("%(name)s is back.") % {"name": company.name})
        return redirect("vendor:partners:company-detail", company.public_id)
