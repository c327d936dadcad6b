"""The vendor's home (``vendor:home``): what needs me, then how we are doing.

The page knows no domain. Packages and stages add to it through typed registries, in their ``AppConfig.ready``:

- ``work``: kinds of things that wait for somebody, each with one act (``WorkSource``);
- ``kpis``: figures with their neighbour (``KpiSource``); ``home_charts``: charts titled with what they say (``ChartSource``);
- ``acts``: what the head offers (``HomeAct``); ``steps``: the way out of an empty installation (``FirstStep``);
- ``subjects``: names and addresses of what events happened to (``SubjectNames``);
- blocks of the right rail are panels of place ``home:rail`` (``prm.ui.panels``); their subject is the ``Whose``.

A provider gets a ``Whose`` and answers with figures computed from rows that its actor may see; None or nothing keeps it away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from babel.dates import format_date
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.access.actors import LEADING_ROLES, PORTAL_DOOR, Actor, ActorKind
from prm.access.pages import ScopedPage
from prm.core.money import reporting_currency
from prm.core.registry import Registry
from prm.ui import formats, nav
from prm.ui.charts import Chart

T = TypeVar("T")
Text = str | Promise
SHOWN = 10  # items of a kind that a provider gives at most
ROWS = 12  # items on the page in all, at least FEWEST of each kind; the rest is behind "all"
FEWEST = 2
FIGURES = 5  # one strip; what comes later in order gives way


@dataclass(frozen=True)
class Whose:
    """Whose things the page shows: ``person_id`` for one's own, None for everybody's. ``once`` keeps what providers share."""

    actor: Actor
    person_id: UUID | None = None
    _kept: dict[str, Any] = field(default_factory=dict, compare=False)

    def once(self, key: str, read: Callable[[], T]) -> T:
        """The answer of ``read``, asked at most once for this page."""
        if key not in self._kept:
            self._kept[key] = read()
        found: T = self._kept[key]
        return found


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One thing that waits. ``due`` is worded ("16 days idle"); ``tone`` is "", "soon" or "hot"; ``amount`` is in the
    reporting currency. ``url`` opens it; ``act`` names what to do there, at ``act_url`` when that is another page."""

    subject: Text
    why: Text
    url: str
    act: Text
    act_url: str = ""
    due: Text = ""
    tone: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Work:
    """The things of one kind, most pressing first, and how many there are in all. ``about`` stands behind the count."""

    items: Sequence[WorkItem]
    total: int
    about: Text = ""
    all_url: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkSource:
    """A kind of waiting thing; ``provider`` gives the first ``SHOWN`` and the count."""

    key: str
    label: Text
    icon: str
    permission: str
    provider: Callable[[Whose], Work | None]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """A figure and its neighbour. ``share`` (0 to 1) draws a bar, ``tick`` its pace or target; ``change`` a share."""

    label: Text
    value: str | None
    about: Text
    of: Text = ""
    share: float | None = None
    tick: float | None = None
    kind: str = "us"
    change: float | None = None
    change_text: str = ""
    good_when_up: bool = True


@dataclass(frozen=True, kw_only=True)
class KpiSource:
    """Where a KPI comes from."""

    key: str
    permission: str
    provider: Callable[[Whose], Kpi | None]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class ChartSource:
    """Where a chart comes from."""

    key: str
    permission: str
    provider: Callable[[Whose], Chart | None]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class HomeAct:
    """An act in the page's head; the first that the actor may do is the filled one."""

    key: str
    label: Text
    icon: str
    url_name: str
    permission: str
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class FirstStep:
    """A step of a new installation. ``is_done`` ticks it; the first one not done carries the filled button."""

    key: str
    title: Text
    text: Text
    act: Text
    url_name: str
    permission: str
    is_done: Callable[[Whose], bool]
    order: int = 100


work: Registry[WorkSource] = Registry("ui.home.work", key=lambda s: s.key, order=lambda s: s.order)
kpis: Registry[KpiSource] = Registry("ui.home.kpis", key=lambda s: s.key, order=lambda s: s.order)
home_charts: Registry[ChartSource] = Registry("ui.home.charts", key=lambda s: s.key, order=lambda s: s.order)
acts: Registry[HomeAct] = Registry("ui.home.acts", key=lambda a: a.key, order=lambda a: a.order)
steps: Registry[FirstStep] = Registry("ui.home.steps", key=lambda s: s.key, order=lambda s: s.order)


def whose_of(actor: Actor, chosen: str) -> Whose:
    """Managers see their own partners unless they ask for all (``of=all``); directors all, unless ``of=mine``."""
    mine = chosen == "mine" or (chosen != "all" and not actor.roles & LEADING_ROLES)
    return Whose(actor, actor.person_id if mine else None)


def work_of(whose: Whose) -> list[dict[str, Any]]:
    """The kinds of work that have something to do: [{source, work}] in order."""
    found: list[dict[str, Any]] = []
    for source in work:
        if whose.actor.may(source.permission):
            given = source.provider(whose)
            if given is not None and given.total:
                found.append({"source": source, "work": given})
    for group, count in zip(found, shared_rows([len(group["work"].items) for group in found]), strict=True):
        group["items"] = group["work"].items[:count]
    return found


def shared_rows(wanted: Sequence[int], rows: int = ROWS, fewest: int = FEWEST) -> list[int]:
    """How many items of each kind are shown: ``fewest`` of each first, then one more of each in turn while rows are left."""
    given = [min(count, fewest) for count in wanted]
    while sum(given) < rows and given != list(wanted):
        for kind, count in enumerate(wanted):
            if given[kind] < count and sum(given) < rows:
                given[kind] += 1
    return given


def title_of(groups: Sequence[Mapping[str, Any]]) -> str:
    """The finding: how many things need the person, and how many of those shown are pressing."""
    total = sum(group["work"].total for group in groups)
    pressing = sum(item.tone == "hot" for group in groups for item in group["items"])
    if not total:
        return _("Nothing needs you now")
    title = ngettext("One thing needs you", "%(count)s things need you", total) % {"count": formats.number(total)}
    if pressing and total > 1:
        return _("%(title)s, %(count)s pressing") % {"title": title, "count": formats.number(pressing)}
    return title


def steps_of(whose: Whose) -> list[dict[str, Any]]:
    """The first steps that the actor may take, done or not; empty once all are done or none is known."""
    shown = []
    for step in steps:
        url = address(step.url_name)
        if url and whose.actor.may(step.permission):
            shown.append({"step": step, "url": url, "done": step.is_done(whose)})
    nxt = next((entry for entry in shown if not entry["done"]), None)
    if nxt is None:
        return []
    nxt["next"] = True
    return shown


def acts_of(actor: Actor) -> list[dict[str, Any]]:
    """The acts of the head, the filled one first."""
    found = []
    for act in acts:
        url = address(act.url_name)
        if url and actor.may(act.permission):
            found.append({"act": act, "url": url})
    return found


def address(url_name: str, *args: Any) -> str:
    """The address of a page by its URL name, "" while it does not exist."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


#: Whose home is another page than this: kind of actor → its URL name. A stage adds its own.
HOMES: dict[ActorKind, str] = dict.fromkeys(PORTAL_DOOR, "portal:home")


class HomePage(ScopedPage):
    """What needs me today, then how we are doing; the first steps where nothing is yet."""

    permission = "events.event:view"

    def turned_away(self, request: HttpRequest) -> HttpResponseBase:
        """This is the address that everybody types: partners, candidates and specialists go on to their own home."""
        if url := address(HOMES.get(self.actor.kind, "")):
            return HttpResponseRedirect(url)
        return super().turned_away(request)

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = self.actor
        whose = whose_of(actor, request.GET.get("of", ""))
        first = steps_of(whose)
        today = (
            f"{format_date(timezone.localdate(), 'EEEE d MMMM y', locale=formats.locale())}, {formats.clock(timezone.now())}"
        )
        if first and not first[0]["done"]:
            return TemplateResponse(request, "ui/home_empty.html", {"steps": first, "today": today})
        groups = work_of(whose)
        given = [kpi for s in kpis if actor.may(s.permission) and (kpi := s.provider(whose)) is not None]
        drawn = [c for s in home_charts if actor.may(s.permission) and (c := s.provider(whose)) is not None]
        return TemplateResponse(
            request,
            "ui/home.html",
            {
                "whose": whose,
                "currency": reporting_currency(),
                "mine": whose.person_id is not None,
                "today": today,
                "title": title_of(groups),
                "groups": groups,
                "kpis": given[:FIGURES],
                "charts": drawn,
                "acts": acts_of(actor),
                "steps": first,
            },
        )


nav.register(nav.NavItem(nav.Stage.HOME, gettext_lazy("Home"), "home", "vendor:home", order=0, key="h"))
