"""The directory of people at companies: everybody, and one person with the places where they work."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.pages import ScopedPage
from prm.accounts.models import Person
from prm.partners import lists
from prm.partners.models import Position
from prm.partners.profile.people import spoken_words
from prm.partners.selectors.people import person_history, person_record
from prm.partners.services.people import contact_archive
from prm.ui.listings import Empty, Listing, ViewTab
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListState
from prm.ui.toasts import toast
from prm.views.listing import ListPage

TABS = (
    ("", gettext_lazy("All")),
    ("lifecycle=active&lifecycle=extended", gettext_lazy("At partners that sell")),
    ("level=executive&level=head", gettext_lazy("Who decide")),
    ("spoken=no&lifecycle=active&lifecycle=extended", gettext_lazy("Nobody speaks to them")),
)


class PeopleListPage(ListPage):
    """Everybody known at a company: where, in which department, who of ours speaks to them."""

    permission = "partners.position:view"
    list_name, template = "people", "partners/people/people_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = lists.people_spec_of(actor=self.actor)
        state = spec.state(request)
        page = keyset_listing_page(self.rows(state), lists.order_of(state), state, spec.page_size)
        return Listing(
            spec=spec, state=state, page=page, noun=_("People"), export="people",
            views=[ViewTab(label=label, query=query) for query, label in TABS],
            empty=Empty(
                title=_("Nobody yet"), text=_("People are added on the page of their company, or brought in by a file."),
                act_label=_("Import a file"), act_url=reverse("vendor:imports:import-new"),
            ),
        )  # fmt: skip

    def rows(self, state: ListState) -> QuerySet[Position]:
        return lists.people_of(actor=self.actor, state=state)


class PersonDetailPage(ScopedPage):
    """One person: how to reach them, where they work, who of ours speaks to them, what happened."""

    permission = "partners.position:view"

    def get(self, request: HttpRequest, person_id: str) -> HttpResponse:
        record = person_record(actor=self.actor, person_id=person_id)
        happened = person_history(actor=self.actor, record=record)
        context: dict[str, Any] = {
            "person": record.person, "positions": record.positions,
            "liaisons": [(one, spoken_words(one.spoken_on, timezone.localdate())) for one in record.liaisons],
            "timeline": happened,
            "may_edit": self.actor.may("partners.position:edit"),
            "may_erase": self.actor.may("accounts.person:erase"),
            "is_contact": record.person.user_id is None,
        }  # fmt: skip
        return TemplateResponse(request, "partners/people/person_detail.html", context)


class PersonArchivePage(ScopedPage):
    """Out of the directory, or back in it; undone from the toast."""

    permission = "partners.position:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, person_id: str) -> HttpResponse:
        restore = bool(request.GET.get("restore"))
        person = contact_archive(actor=self.actor, person_id=Person.key_of(person_id), restore=restore)
        undo = reverse("vendor:partners:person-archive", args=[person_id]) + ("" if restore else "?restore=1")
        words = _("%(name)s is back.") if restore else _("%(name)s is put away.")
        toast(request, words % {"name": person.name}, undo_url=undo)
        return redirect("vendor:partners:person-detail", person_id)
