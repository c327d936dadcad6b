"""How the directory of people is listed and exported: columns and filters."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from prm.exports.writers import Column as ExportColumn
from prm.partners.models import Department, Level, Lifecycle
from prm.partners.selectors.people import NONE
from prm.partners.tables.companies import LIFECYCLE_TONE
from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, FlagFilter
from prm.ui.tables import Column, ListSpec

Choices = list[tuple[str, str]]


def _person(position: Any) -> SafeString:
    url = reverse("vendor:partners:person-detail", args=[position.person.public_id])
    return marks.named(url, position.name, position.title, title=position.name)


def _company(position: Any) -> SafeString:
    url = reverse("vendor:partners:company-people", args=[position.company.public_id])
    return format_html('<a href="{}" class="trunc" title="{}">{}</a>', url, position.company.name, position.company.name)


def _relation(position: Any) -> SafeString | str:
    partner = getattr(position.company, "partner", None)
    if partner is None:
        return format_html('<span class="mute">{}</span>', _("none"))
    stage = Lifecycle(partner.lifecycle)
    return format_html("{} {}", marks.dot(LIFECYCLE_TONE.get(stage, "us")), stage.label)


def _speakers(position: Any) -> SafeString | str:
    if not position.speakers:
        return format_html('<span class="mute">{}</span>', _("nobody of ours"))
    return str(marks.trunc(", ".join(position.speakers)))


def _reach(position: Any) -> SafeString | None:
    if position.email:
        return format_html('<a class="link trunc" href="mailto:{}">{}</a>', position.email, position.email)
    return None


def _manager(position: Any) -> str | None:
    partner = getattr(position.company, "partner", None)
    return partner.account_manager.name if partner and partner.account_manager else None


def people_spec(*, managers: Choices, countries: Sequence[str]) -> ListSpec:
    """The directory of people."""
    return ListSpec(
        name="people", sort="name", search=_("Name or company"),
        columns=(
            Column(key="person", label=_("Person"), cell=_person, sort="name", locked=True, phone="name"),
            Column(key="company", label=_("Company"), cell=_company, sort="company", phone="meta"),
            Column(
                key="department", label=_("Department"), phone="meta",
                cell=lambda p: p.get_department_display() if p.department else None,
            ),
            Column(key="level", label=_("Level"), cell=lambda p: p.get_level_display() if p.level else None),
            Column(key="relation", label=_("Relationship"), cell=_relation),
            Column(key="speakers", label=_("Who of ours"), cell=_speakers),
            Column(key="email", label=_("E-mail"), cell=_reach, shown=False),
            Column(key="phone", label=_("Telephone"), cell=lambda p: p.phone or None, shown=False),
            Column(key="manager", label=_("Account manager"), cell=_manager, shown=False),
            Column(key="country", label=_("Country"), cell=lambda p: formats.country_name(p.company.country), shown=False),
        ),
        filters=(
            ChoiceFilter(key="department", label=_("Department"), choices=list(Department.choices)),
            ChoiceFilter(key="level", label=_("Level"), choices=list(Level.choices)),
            ChoiceFilter(key="lifecycle", label=_("Relationship"), choices=[(NONE, _("None")), *Lifecycle.choices]),
            ChoiceFilter(key="manager", label=_("Contacts of"), choices=managers),
            ChoiceFilter(key="country", label=_("Country"), choices=[(c, formats.country_name(c) or c) for c in countries]),
            FlagFilter(key="spoken", label=_("Somebody of ours speaks to them")),
            FlagFilter(key="archived", label=_("Archived")),
        ),
    )  # fmt: skip


PEOPLE_EXPORT = (
    ExportColumn("id", _("Id"), lambda p: p.person.public_id, width=34),
    ExportColumn("name", _("Name"), attrgetter("name"), width=28),
    ExportColumn("title", _("Title"), lambda p: p.title or None, width=28),
    ExportColumn("company", _("Company"), attrgetter("company.name"), width=32),
    ExportColumn("department", _("Department"), lambda p: p.get_department_display() if p.department else None),
    ExportColumn("level", _("Level"), lambda p: p.get_level_display() if p.level else None),
    ExportColumn("email", _("E-mail"), lambda p: p.email or None, width=32),
    ExportColumn("phone", _("Telephone"), lambda p: p.phone or None, width=20),
    ExportColumn(
        "relation", _("Relationship"),
        lambda p: Lifecycle(p.company.partner.lifecycle).label if getattr(p.company, "partner", None) else None,
    ),
    ExportColumn("manager", _("Account manager"), _manager),
    ExportColumn("speakers", _("Who of ours"), lambda p: ", ".join(p.speakers) or None, width=28),
    ExportColumn("country", _("Country"), lambda p: formats.country_name(p.company.country)),
)  # fmt: skip
