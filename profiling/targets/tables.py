"""Target lists and their companies as people and files see them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.core.money import reporting_currency
from prm.exports.writers import Column as FileColumn
from prm.ui import formats, marks
from prm.ui.filters import FlagFilter
from prm.ui.tables import Column, ListSpec, ListState
from profiling.targets.models import TargetList, TargetListEntry
from profiling.targets.selectors import ListFacts, target_list_list


def _name(target_list: TargetList) -> str:
    url = reverse("vendor:profiling:target-list-detail", args=[target_list.public_id])
    return marks.named(url, target_list.name, target_list.note[:80])


def _progress(target_list: Any) -> str | None:
    facts = target_list.facts
    if not facts.size:
        return "–"
    words = _("%(n)s of %(size)s") % {"n": formats.number(facts.approached), "size": formats.number(facts.size)}
    return format_html(
        '<span class="fig-with">{}<span class="fig">{}</span></span>',
        marks.meter(facts.approached / facts.size, size="short"),
        words,
    )


def target_list_spec() -> ListSpec:
    """The list of lists."""
    return ListSpec(
        name="target-lists",
        search=_("Name"),
        page_size=50,
        columns=(
            Column(key="list", label=_("Target list"), cell=_name, locked=True, phone="name"),
            Column(key="owner", label=_("Made by"), cell=lambda x: x.owner.name if x.owner else None),
            Column(key="changed", label=_("Changed"), cell=lambda x: formats.when(x.updated_at)),
            Column(key="progress", label=_("Approached"), cell=_progress, numeric=True, phone="meta"),
            Column(
                key="potential",
                label=_("Potential"),
                numeric=True,
                hint=_("P50 of the last ranking, where it is known"),
                cell=lambda x: (
                    None if x.facts.potential is None else formats.money(x.facts.potential, reporting_currency(), short=True)
                ),
            ),
            Column(key="size", label=_("Companies"), cell=lambda x: formats.number(x.size), numeric=True, phone="figure"),
        ),
        filters=(FlagFilter(key="archived", label=_("Archived")),),
    )


def target_lists_of(*, actor: Actor, state: ListState) -> QuerySet[TargetList]:
    """The target lists that a state asks for, the last touched first."""
    return target_list_list(actor=actor, q=state.q, archived=bool(state.values.get("archived")))


def _company(entry: TargetListEntry) -> str:
    url = reverse("vendor:partners:company-detail", args=[entry.company.public_id])
    return marks.named(url, entry.company.name, entry.company.city)


def _study(entry: TargetListEntry) -> str | None:
    if entry.run is None:
        return str(_("Added by hand"))
    url = reverse("vendor:profiling:study-detail", args=[entry.run.study.public_id])
    return format_html(
        '<a class="trunc" href="{0}?run={1}" title="{2} · {1}">{2} · {1}</a>',
        url,
        entry.run.number,
        entry.run.study.shown_title,
    )


def _state_words(entry: TargetListEntry) -> str:
    partner = getattr(entry.company, "partner", None)
    return str(partner.get_lifecycle_display() if partner else _("Not a partner"))


def _state(entry: TargetListEntry) -> str:
    words = _state_words(entry)
    return marks.tag(words) if getattr(entry.company, "partner", None) else words


def _potential(entry: Any) -> Any:
    if entry.potential_shown is None:
        return None
    shown = formats.money(entry.potential_shown, reporting_currency(), short=True)
    newer = entry.potential_now
    if entry.potential is None or newer is None or round(newer, -2) == round(entry.potential, -2):
        return shown
    words = _("Now %(figure)s by the last ranking") % {"figure": formats.money(newer, reporting_currency(), short=True)}
    return _differs(shown, words)


def _score(entry: Any) -> Any:
    if entry.score is None:
        return "–"
    shown = formats.number(entry.score, 0)
    if entry.score_now is None:
        return _differs(shown, _("Not among the first of the newest run"))
    if entry.score_now == entry.score:
        return shown
    return _differs(shown, _("Now %(figure)s by the newest run") % {"figure": formats.number(entry.score_now, 0)})


def _differs(shown: Any, words: Any) -> Any:
    """A figure that a newer run would change: marked, and said in words."""
    return format_html("{} {}", shown, marks.icon("refresh", extra="i-sm", label=str(words)))


def _reason(entry: TargetListEntry) -> Any:
    url = reverse("vendor:profiling:target-edit", args=[entry.target_list.public_id, entry.public_id])
    if entry.reason:
        return format_html('<a class="link trunc" href="{0}" title="{1}">{1}</a>', url, entry.reason)
    return format_html('<a class="link mute" href="{}">{}</a>', url, _("Say why"))


def entry_list_spec(facts: ListFacts | None = None, *, has_potentials: bool = True) -> ListSpec:
    """The companies of one list. With its ``facts``, a column that would be empty in every row is hidden until it is asked for."""
    known = facts or ListFacts(reasons=1, runs=1, scores=1, potential=Decimal(0))
    return ListSpec(
        name="targets",
        search=_("Name"),
        page_size=50,
        columns=(
            Column(key="company", label=_("Company"), cell=_company, locked=True, phone="name"),
            Column(key="state", label=_("Status"), cell=_state, phone="meta"),
            Column(key="study", label=_("From"), cell=_study, shown=bool(known.runs)),
            Column(key="reason", label=_("Reason"), cell=_reason),
            Column(key="added", label=_("Added by"), cell=lambda e: e.added_by.name if e.added_by else None),
            Column(key="score", label=_("Alike"), numeric=True, phone="figure", cell=_score, shown=bool(known.scores)),
            Column(
                key="potential", label=_("Potential"), numeric=True, cell=_potential,
                shown=has_potentials and known.potential is not None,
            ),
        ),
    )  # fmt: skip


LIST_COLUMNS = (
    FileColumn("id", _("Id"), lambda x: x.public_id, width=34),
    FileColumn("list", _("Target list"), lambda x: x.name, width=32),
    FileColumn("note", _("Note"), lambda x: x.note or None, width=40),
    FileColumn("owner", _("Made by"), lambda x: x.owner.name if x.owner else None, width=24),
    FileColumn("changed", _("Changed"), lambda x: x.updated_at, kind="datetime"),
    FileColumn("size", _("Companies"), lambda x: x.size, kind="number"),
    FileColumn("progress", _("Approached"), lambda x: x.facts.approached, kind="number"),
    FileColumn("potential", _("Potential P50"), lambda x: x.facts.potential, kind="decimal"),
)

ENTRY_COLUMNS = (
    FileColumn("id", _("Entry"), lambda e: e.public_id, width=34),
    FileColumn("company", _("Company id"), lambda e: e.company.public_id, width=34),
    FileColumn("company_name", _("Company"), lambda e: e.company.name, width=32),
    FileColumn("city", _("City"), lambda e: e.company.city),
    FileColumn("country", _("Country"), lambda e: e.company.country, width=9),
    FileColumn("website", _("Website"), lambda e: e.company.website, width=30),
    FileColumn("resemblance", _("Alike"), lambda e: e.score, kind="decimal"),
    FileColumn("potential", _("Potential P50"), lambda e: e.potential_shown, kind="decimal"),
    FileColumn("resemblance_now", _("Alike, newest run"), lambda e: e.score_now, kind="decimal"),
    FileColumn("potential_now", _("Potential P50, last ranking"), lambda e: e.potential_now, kind="decimal"),
    FileColumn("state", _("Status"), _state_words),
    FileColumn("added", _("Added by"), lambda e: e.added_by.name if e.added_by else None, width=24),
    FileColumn("reason", _("Reason"), lambda e: e.reason or None, width=40),
    FileColumn("study", _("Study"), lambda e: e.run.study.shown_title if e.run else None, width=30),
    FileColumn("run", _("Run"), lambda e: e.run.number if e.run else None, kind="number"),
    FileColumn("added_at", _("Added"), lambda e: e.created_at, kind="datetime"),
)
