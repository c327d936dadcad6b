"""What a company's page says is missing: of the relationship first, then of the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from prm.partners.models import Company, Lifecycle, Partner
from prm.partners.profile.company import FactLine
from prm.ui import formats

MOST = 6


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing or old: what, where it is put right, how old, its tone."""

    what: str
    url: str
    note: str
    tone: str = ""


def missing_of(company: Company, partner: Partner | None, refresh: Sequence[FactLine]) -> list[Missing]:
    """The first of them, at most six; nothing of the relationship where it is over."""
    found = []
    if partner is not None and partner.lifecycle != Lifecycle.EXITED:
        edit = reverse("vendor:partners:partner-edit", args=[company.public_id])
        wanting = (
            (_("Account manager"), partner.account_manager_id, _("nobody")), (_("Territories"), company.is_served, _("none")),  # type: ignore[attr-defined]
            (_("Currency"), partner.currency, _("not known")), (_("Language"), partner.language, _("not known")),
        )  # fmt: skip
        found = [Missing(what, edit, note) for what, known, note in wanting if not known]
    edit = reverse("vendor:partners:company-edit", args=[company.public_id])
    found += [
        Missing(
            line.label,
            f"{edit}#f-{line.field}",
            _("not known") if line.value is None else formats.month(line.as_of),
            line.tone,
        )
        for line in refresh
    ]
    return found[:MOST]
