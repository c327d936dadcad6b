"""``ListPage``: the parent of a list page that offers saved views. The page says what is listed; views are its business no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from prm.access.actors import VENDOR_ROLE_LABELS
from prm.access.pages import ScopedPage
from prm.core.errors import Invalid
from prm.core.keyset import count_each
from prm.ui.listings import Listing, ViewTab, render_list
from prm.ui.tables import ListState
from prm.views.lists import viewed_lists
from prm.views.models import SavedView
from prm.views.rules import query_kept, view_shown
from prm.views.selectors import saved_views_offered


class ListPage(ScopedPage):
    """A list that people keep views of (docs/ui.md). Opens with the reader's own default view, else with that of their role."""

    abstract = True
    http_method_names = ["get", "head", "options"]
    #: As registered in ``prm.views.lists``.
    list_name: ClassVar[str]
    template: ClassVar[str]

    def listing(self, request: HttpRequest) -> Listing:
        """The list as the address asks for it; in ``views`` its usual tabs."""
        raise NotImplementedError

    def rows(self, state: ListState) -> models.QuerySet[Any] | None:
        """All rows of a state, where counting them costs little: the tabs of views then say how many there are."""
        return None

    def counts(self, states: Sequence[ListState]) -> list[tuple[int, bool]] | None:
        """How many rows each state has: (number, whether there are more); None where that is not told. One query."""
        asked = [rows for state in states if (rows := self.rows(state)) is not None]
        return count_each(asked) if len(asked) == len(states) else None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if not cls.__dict__.get("abstract") and viewed_lists.get(cls.list_name).permission != cls.permission:
            raise ValueError(f"{cls.__name__}: the page and its list ask for different permissions")

    def get(self, request: HttpRequest) -> HttpResponse:
        first = self._opens_first(request)
        if first is not None:
            return redirect(f"{request.path}?{first.query}")
        listing = self.listing(request)
        if not listing.page.rows and not listing.hidden_by:
            listing.hidden_by = self._hidden_by(listing.state)
        usual = list(listing.views) or ([ViewTab(label=_("All"), query="")] if self.saved else [])
        tabs = [*usual, *(ViewTab(label=view.name, query=view.query, shared=view.is_shared) for view in self.saved)]
        queries = [tab.query for tab in tabs]
        at = view_shown(request.GET.urlencode(), usual=queries[: len(usual)], kept=queries[len(usual) :])
        listing.views = self._counted(listing, tabs, at)
        listing.saving = self._saving(None if at is None or at < len(usual) else self.saved[at - len(usual)])
        return render_list(request, listing, self.template)

    @cached_property
    def saved(self) -> list[SavedView]:
        """The views that this reader is offered."""
        return saved_views_offered(actor=self.actor, list_name=self.list_name)

    def _opens_first(self, request: HttpRequest) -> SavedView | None:
        """The reader's default view, for who comes from elsewhere and asks for nothing in particular. One's own says more than that of
        one's role, also where it is the whole list."""
        came_from = urlsplit(request.headers.get("Referer", "")).path
        if request.GET or request.headers.get("HX-Request") or came_from == request.path:
            return None
        own = [view for view in self.saved if view.is_default and view.person_id == self.actor.person_id]
        first = next(iter(own or [view for view in self.saved if view.role in self.actor.roles]), None)
        return first if first is not None and first.query else None

    def _hidden_by(self, state: ListState) -> dict[str, tuple[int, bool]]:
        """What would be found without each of the filters, or without the words searched for: which one hides what is looked for."""
        keys = [*state.values, *(["q"] if state.q and state.values else [])]
        if not keys:
            return {}
        without = [
            replace(
                state, q="" if key == "q" else state.q, cursor="", values={n: v for n, v in state.values.items() if n != key}
            )
            for key in keys
        ]
        counts = self._counts(without)
        return {} if counts is None else {key: found for key, found in zip(keys, counts, strict=True) if found[0]}

    def _counted(self, listing: Listing, tabs: list[ViewTab], at: int | None) -> list[ViewTab]:
        """The tabs with how many each holds, up to 10,000: the shown one is counted already, the others at once. The tab ``at`` is the
        current one; without it, the one that the page said."""
        open_ = [n for n, tab in enumerate(tabs) if tab.count is None and n != at]
        counts = self._counts([listing.spec.state_of(_query_of(tabs[n])) for n in open_])
        known = dict(zip(open_, counts, strict=True)) if counts is not None else {}
        if counts is not None and at is not None and listing.page.total is not None:
            known[at] = (listing.page.total, listing.page.capped)
        shown = []
        for n, tab in enumerate(tabs):
            total, capped = known.get(n, (tab.count, False))
            current = tab.current if at is None else n == at
            shown.append(replace(tab, count=None if capped else total, current=current))
        return shown

    def _counts(self, states: list[ListState]) -> list[tuple[int, bool]] | None:
        try:
            return self.counts(states)
        except Invalid:  # a view may ask for what is no longer understood
            return None

    def _saving(self, view: SavedView | None) -> dict[str, Any]:
        """What stands beside the filters: keeping what is shown, and the view that is open when it is one's own."""
        if not self.actor.may("views.saved_view:edit") or self.actor.person_id is None:
            return {}
        may_assign = self.actor.may("views.saved_view:assign")
        roles = [(role.value, label) for role, label in VENDOR_ROLE_LABELS.items()] if may_assign else []
        own = view if view is not None and view.person_id == self.actor.person_id else None
        return {"template": "views/saving.html", "list_name": self.list_name, "own": own, "roles": roles}


def _query_of(tab: ViewTab) -> QueryDict:
    try:
        return QueryDict(query_kept(tab.query))
    except ValueError:
        return QueryDict()
