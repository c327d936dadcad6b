"""The list of studies as people see it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, FlagFilter
from prm.ui.tables import Column, ListSpec
from profiling.studies.kinds import kinds
from profiling.studies.models import Study


def _name(study: Study) -> str:
    url = reverse("vendor:profiling:study-detail", args=[study.public_id])
    pin = marks.icon("bookmark", extra="i-sm", label=str(_("Pinned"))) if study.is_pinned else ""
    return format_html(
        '<span class="co"><a class="nm" href="{}">{}</a> <span class="at">{}</span></span>', url, study.title, pin
    )


def _last(study: Study) -> str | None:
    if study.last_run_at is None:
        return str(_("Not run yet"))
    return f"{study.last_run_number} · {formats.moment(study.last_run_at)}"


def study_list_spec() -> ListSpec:
    """Columns and filters of the list of studies."""
    return ListSpec(
        name="studies",
        search=_("Title"),
        page_size=50,
        columns=(
            Column(key="study", label=_("Study"), cell=_name, locked=True, phone="name"),
            Column(key="kind", label=_("Kind"), cell=lambda s: str(kinds.get(s.kind).label), phone="meta"),
            Column(key="owner", label=_("Asked by"), cell=lambda s: s.owner.name if s.owner else None),
            Column(key="run", label=_("Last run"), cell=_last, phone="meta"),
            Column(
                key="kept",
                label=_("Companies kept"),
                numeric=True,
                phone="figure",
                cell=lambda s: formats.number(s.last_kept) if s.last_run_at else "–",
            ),
        ),
        filters=(
            ChoiceFilter(key="kind", label=_("Kind"), choices=lambda: [(k.key, k.label) for k in kinds]),
            FlagFilter(key="archived", label=_("Archived")),
        ),
    )
