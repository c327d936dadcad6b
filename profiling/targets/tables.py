"""Target lists and their companies as people and files see them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from prm.exports.writers import Column as FileColumn
from prm.ui import formats, marks
from prm.ui.filters import FlagFilter
from prm.ui.tables import Column, ListSpec
from profiling.studies.snapshots import currency
from profiling.targets.models import TargetList, TargetListEntry


def _name(target_list: TargetList) -> str:
    url = reverse("vendor:profiling:target-list-detail", args=[target_list.public_id])
    return format_html('<span class="co"><a class="nm" href="{}">{}</a></span>', url, target_list.name)


def target_list_spec() -> ListSpec:
    """The list of lists."""
    return ListSpec(
        name="target-lists",
        search=_("Name"),
        page_size=50,
        columns=(
            Column(key="list", label=_("Target list"), cell=_name, locked=True, phone="name"),
            Column(key="note", label=_("Note"), cell=lambda x: x.note[:80] or "–", phone="meta"),
            Column(key="owner", label=_("Made by"), cell=lambda x: x.owner.name if x.owner else None),
            Column(key="changed", label=_("Changed"), cell=lambda x: formats.when(x.updated_at)),
            Column(key="size", label=_("Companies"), cell=lambda x: formats.number(x.size), numeric=True, phone="figure"),
        ),
        filters=(FlagFilter(key="archived", label=_("Archived")),),
    )


def _company(entry: TargetListEntry) -> str:
    url = reverse("vendor:partners:company-detail", args=[entry.company.public_id])
    name = '<span class="co"><a class="nm" href="{}">{}</a> <span class="at">{}</span></span>'
    return format_html(name, url, entry.company.name, entry.company.city or "")


def _study(entry: TargetListEntry) -> str | None:
    if entry.run is None:
        return str(_("Added by hand"))
    url = reverse("vendor:profiling:study-detail", args=[entry.run.study.public_id])
    return format_html(
        '<a class="link" href="{}?run={}">{} · {}</a>', url, entry.run.number, entry.run.study.title, entry.run.number
    )


def _state(entry: TargetListEntry) -> str:
    partner = getattr(entry.company, "partner", None)
    return marks.tag(partner.get_lifecycle_display()) if partner else str(_("Not a partner"))


def entry_list_spec() -> ListSpec:
    """The companies of one list."""
    return ListSpec(
        name="targets",
        search=_("Name"),
        page_size=50,
        columns=(
            Column(key="company", label=_("Company"), cell=_company, locked=True, phone="name"),
            Column(key="state", label=_("Status"), cell=_state, phone="meta"),
            Column(key="study", label=_("From"), cell=_study),
            Column(key="reason", label=_("Reason"), cell=lambda e: e.reason or "–"),
            Column(key="added", label=_("Added by"), cell=lambda e: e.added_by.name if e.added_by else None),
            Column(
                key="score", label=_("Alike"), numeric=True, phone="figure",
                cell=lambda e: formats.number(e.score, 0) if e.score is not None else "–",
            ),
            Column(
                key="potential", label=_("Potential"), numeric=True,
                cell=lambda e: formats.money(e.potential, currency(), short=True) if e.potential is not None else None,
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
)

ENTRY_COLUMNS = (
    FileColumn("id", _("Entry"), lambda e: e.public_id, width=34),
    FileColumn("company", _("Company id"), lambda e: e.company.public_id, width=34),
    FileColumn("company_name", _("Company"), lambda e: e.company.name, width=32),
    FileColumn("city", _("City"), lambda e: e.company.city),
    FileColumn("country", _("Country"), lambda e: e.company.country, width=9),
    FileColumn("website", _("Website"), lambda e: e.company.website, width=30),
    FileColumn("resemblance", _("Alike"), lambda e: e.score, kind="decimal"),
    FileColumn("potential", _("Potential P50"), lambda e: e.potential, kind="decimal"),
    FileColumn("reason", _("Reason"), lambda e: e.reason or None, width=40),
    FileColumn("study", _("Study"), lambda e: e.run.study.title if e.run else None, width=30),
    FileColumn("run", _("Run"), lambda e: e.run.number if e.run else None, kind="number"),
    FileColumn("added_at", _("Added"), lambda e: e.created_at, kind="datetime"),
)
