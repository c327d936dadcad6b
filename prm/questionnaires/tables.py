"""The list of questionnaires."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.questionnaires.models import Purpose, Questionnaire
from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, FlagFilter
from prm.ui.tables import Column, ListSpec


def _name(row: Any) -> Any:
    url = reverse("vendor:questionnaires:questionnaire-detail", args=[row.public_id])
    return marks.named(url, row.shown_title, row.get_purpose_display())


def _state(row: Any) -> Any:
    facts = row.facts
    if facts.published is None:
        return marks.tag(_("Draft"))
    words = _("Version %(n)s") % {"n": facts.published}
    return (
        marks.tag(words, "ok") if facts.draft is None else format_html("{} {}", marks.tag(words, "ok"), marks.tag(_("Draft")))
    )


def _answered(row: Any) -> Any:
    facts = row.facts
    return marks.figure_meter(facts.answered * 100 / facts.asked, facts.answered / facts.asked) if facts.asked else "–"


def questionnaire_spec() -> ListSpec:
    """The list: title, what is published, rounds, how many answered."""
    return ListSpec(
        name="questionnaires", sort="title", search=gettext_lazy("Title"), page_size=50,
        columns=(
            Column(key="title", label=gettext_lazy("Questionnaire"), cell=_name, sort="title", locked=True, phone="name"),
            Column(key="state", label=gettext_lazy("State"), cell=_state),
            Column(key="named", label=gettext_lazy("Answers"), cell=lambda row: _("anonymous") if row.is_anonymous else _("named")),
            Column(key="rounds", label=gettext_lazy("Rounds"), cell=lambda row: formats.number(row.facts.rounds), numeric=True),
            Column(key="asked", label=gettext_lazy("Asked"), cell=lambda row: formats.number(row.facts.asked), numeric=True),
            Column(key="answered", label=gettext_lazy("Answered %"), cell=_answered, numeric=True, phone="figure"),
            Column(key="last", label=gettext_lazy("Last sent"), cell=lambda row: formats.day(row.facts.last_at, missing="–")),
        ),
        filters=(
            ChoiceFilter(key="purpose", label=gettext_lazy("Purpose"), choices=lambda: Purpose.choices),
            FlagFilter(key="archived", label=gettext_lazy("Archived")),
        ),
    )  # fmt: skip


def with_titles(rows: list[Questionnaire], titles: Any, facts: Any) -> None:
    """Puts what the cells show beside each row."""
    for row in rows:
        row.shown_title, row.facts = titles(row), facts[row.pk]  # type: ignore[attr-defined]
