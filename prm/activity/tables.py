"""The lists of what happened, of dead letters, and of the audit chain."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.accounts.selectors.persons import account_choices
from prm.activity.selectors import LogRow
from prm.events.models import Delivery, OutboxEvent
from prm.events.publishing import EVENT_TYPES
from prm.events.selectors import event_list, letter_list
from prm.events.subscribing import SUBSCRIBERS
from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, DateFilter
from prm.ui.tables import Column, ListSpec, ListState


def _types() -> list[tuple[str, str]]:
    return [(type_, type_) for type_ in sorted(EVENT_TYPES)]


def _what(row: LogRow) -> SafeString:
    url = reverse("vendor:activity:event-detail", args=[row.event.public_id])
    return marks.named(url, format_html("{} {}", row.line.who, row.line.sentence), row.line.about)


def _record(row: LogRow) -> SafeString:
    return format_html('<a href="{}">{}</a>', row.subject_url, row.subject) if row.subject_url else _code(row.subject)


def _code(text: str) -> SafeString:
    return format_html('<code class="xs">{}</code>', text)


def _request(row: LogRow) -> SafeString:
    """What it is part of, as a search for everything else that is."""
    name = row.event.request_id
    return format_html('<a href="{}?q={}"><code class="xs">{}</code></a>', reverse("vendor:activity:event-list"), name, name)


def _when(row: LogRow) -> str:
    return formats.moment(row.event.occurred_at)


def event_list_spec(actor: Actor) -> ListSpec:
    """Columns and filters of the log."""
    return ListSpec(
        name="events",
        sort="-id",
        search=_("Id of a record, event or request"),
        columns=(
            Column(key="what", label=_("What happened"), cell=_what, locked=True, phone="name"),
            Column(key="record", label=_("Record"), cell=_record, phone="meta"),
            Column(key="type", label=_("Type"), cell=lambda row: _code(row.event.type), shown=False),
            Column(key="when", label=_("When"), cell=_when, sort="id", numeric=True, phone="meta"),
            Column(key="request", label=_("Request"), cell=_request, shown=False),
            Column(key="version", label=_("Version of the record"), numeric=True, shown=False,
                   cell=lambda row: formats.number(row.event.subject_version) if row.event.subject_version else None),
            Column(key="position", label=_("Position"), numeric=True, shown=False,
                   cell=lambda row: formats.number(row.event.position) if row.event.position else None),
        ),
        filters=(
            ChoiceFilter(key="type", label=_("Type"), choices=_types),
            ChoiceFilter(key="who", label=_("Who"), choices=lambda: account_choices(actor=actor)),
            DateFilter(key="on", label=_("When")),
        ),
    )  # fmt: skip


def events_of(*, actor: Actor, state: ListState) -> QuerySet[OutboxEvent]:
    """The events that a state asks for."""
    values = state.values
    return event_list(
        actor=actor, types=values.get("type", ()), subject=state.q, people=values.get("who", ()),
        days=values.get("on", (None, None)),
    )  # fmt: skip


def _letter(row: tuple[Delivery, LogRow]) -> SafeString:
    return _what(row[1])


def letter_list_spec() -> ListSpec:
    """Columns and filters of dead letters."""
    return ListSpec(
        name="dead_letters",
        sort="-id",
        columns=(
            Column(key="what", label=_("What happened"), cell=_letter, locked=True, phone="name"),
            Column(key="record", label=_("Record"), cell=lambda row: _record(row[1])),
            Column(key="subscriber", label=_("Subscriber"), cell=lambda row: _code(row[0].subscriber), phone="meta"),
            Column(key="error", label=_("Last error"), cell=lambda row: marks.trunc(row[0].error), phone="meta"),
            Column(key="request", label=_("Request"), cell=lambda row: _request(row[1]), shown=False),
            Column(key="attempts", label=_("Attempts"), cell=lambda row: formats.number(row[0].attempts), numeric=True, phone="figure"),
            Column(key="when", label=_("Given up"), cell=_given_up, sort="id", numeric=True),
        ),
        filters=(
            ChoiceFilter(key="subscriber", label=_("Subscriber"), choices=lambda: [(s.name, s.name) for s in SUBSCRIBERS]),
            ChoiceFilter(key="type", label=_("Type"), choices=_types),
        ),
    )  # fmt: skip


def _given_up(row: tuple[Delivery, LogRow]) -> Any:
    return formats.moment(row[0].ended_at) if row[0].ended_at else None


def letters_of(*, actor: Actor, state: ListState) -> QuerySet[Delivery]:
    """The dead letters that a state asks for."""
    values = state.values
    return letter_list(actor=actor, subscribers=values.get("subscriber", ()), types=values.get("type", ()))


def audit_spec() -> ListSpec:
    """Columns of the chain: rows are (entry, its event as a row of the log)."""
    return ListSpec(
        name="audit",
        sort="-number",
        columns=(
            Column(key="number", label=_("Entry"), cell=lambda row: formats.number(row[0].number), sort="number", numeric=True,
                   phone="figure"),
            Column(key="what", label=_("What happened"), cell=_letter, locked=True, phone="name"),
            Column(key="record", label=_("Record"), cell=lambda row: _record(row[1])),
            Column(key="digest", label=_("Digest"), cell=lambda row: _code(row[0].digest[:16]), phone="meta"),
            Column(key="when", label=_("When"), cell=lambda row: _when(row[1]), numeric=True, phone="meta"),
        ),
    )  # fmt: skip
