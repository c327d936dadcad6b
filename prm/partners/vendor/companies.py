"""Pages of companies for the vendor's people: the list, archiving and bringing back. One company's page: ``record``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.pages import ScopedPage
from prm.core.keyset import BadCursor, KeysetPage
from prm.partners.models import Company
from prm.partners.navigation import bulk_acts
from prm.partners.selectors import companies as listing
from prm.partners.selectors import company as reading
from prm.partners.services import companies as services
from prm.partners.tables.companies import company_spec
from prm.ui.listings import Empty, Listing, ViewTab
from prm.ui.tables import ListSpec, ListState, Page
from prm.ui.toasts import toast
from prm.views.listing import ListPage

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
        found = partial(
            listing.company_list, actor=self.actor, q=state.q, filters=state.values, sort=state.ordering, limit=size
        )
        try:
            return found(cursor=state.cursor)
        except BadCursor:
            return found()


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
