"""How details of a company are worded: one line each, and their table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from prm.partners.details import DetailKind
from prm.partners.models import Department, Level, OfferRelation, SiteKind, SizeBand
from prm.ui import formats

Cell = Callable[[Any], str | None]


def _named(field: str, otherwise: Any = None) -> Cell:
    def cell(record: Any) -> str | None:
        other = getattr(record, field)
        if other is None:
            return str(otherwise) if otherwise is not None else None
        return str(other.name_in(get_language() or "en"))

    return cell


def _share(field: str) -> Cell:
    return lambda record: (
        None if getattr(record, field) is None else formats.percent(getattr(record, field), _digits(record, field))
    )


def _digits(record: Any, field: str) -> int:
    return 0 if getattr(record, field) * 100 % 1 == 0 else 1


def _choice(field: str, choices: Any, otherwise: Any = None) -> Cell:
    def cell(record: Any) -> str | None:
        value = getattr(record, field)
        return str(choices(value).label) if value else (str(otherwise) if otherwise is not None else None)

    return cell


def address(site: Any) -> str | None:
    """``1 rue du Port, 29200 Brest, France``: what is known of an address, on one line."""
    town = " ".join(part for part in (site.postal_code, site.city) if part)
    parts = [site.street, town or site.region, formats.country_name(site.country)]
    return ", ".join(str(part) for part in parts if part) or None


_ALL = gettext_lazy("All of them")
#: Kind → head and cell of each column; the first names the record. A third True is a column of figures.
COLUMNS: Mapping[str, tuple[tuple[Any, Cell, bool], ...]] = {
    "people": (
        (gettext_lazy("Name"), lambda p: p.name, False),
        (gettext_lazy("Title"), lambda p: p.title or _choice("level", Level)(p), False),
        (gettext_lazy("Department"), _choice("department", Department), False),
        (gettext_lazy("E-mail"), lambda p: p.email or None, False),
        (gettext_lazy("Telephone"), lambda p: p.phone or None, False),
    ),
    "sites": (
        (gettext_lazy("Site"), lambda s: s.name or s.city or s.region or formats.country_name(s.country), False),
        (gettext_lazy("Kind"), _choice("kind", SiteKind), False),
        (gettext_lazy("Address"), address, False),
        (gettext_lazy("Employees"), lambda s: None if s.employees is None else formats.number(s.employees), True),
    ),
    "customers": (
        (gettext_lazy("Industry"), _named("industry", _ALL), False),
        (gettext_lazy("Size of customer"), _choice("size", SizeBand, _ALL), False),
        (gettext_lazy("Territory"), _named("territory", _ALL), False),
        (gettext_lazy("Share of its business"), _share("share"), True),
    ),
    "vendors": (
        (gettext_lazy("Vendor"), _named("vendor"), False),
        (gettext_lazy("What it is to us"), lambda c: str(c.vendor.get_relation_display()), False),
        (gettext_lazy("Level"), lambda c: c.level, False),
        (gettext_lazy("Since"), lambda c: str(c.since_year) if c.since_year else None, True),
        (gettext_lazy("Share of its business"), _share("share_of_business"), True),
    ),
    "offers": (
        (gettext_lazy("Category"), _named("category"), False),
        (gettext_lazy("What it is to ours"), _choice("relation", OfferRelation), False),
        (gettext_lazy("Share of its business"), _share("share_of_business"), True),
    ),
    "market-shares": (
        (gettext_lazy("Industry"), _named("industry", _ALL), False),
        (gettext_lazy("Territory"), _named("territory", _ALL), False),
        (gettext_lazy("Year"), lambda m: str(m.year) if m.year else None, True),
        (gettext_lazy("Share of the market"), _share("share"), True),
    ),
    "external-ids": (
        (gettext_lazy("System"), lambda e: e.source, False),
        (gettext_lazy("Its id there"), lambda e: e.external_id, False),
    ),
}


def record_words(slug: str, record: Any) -> str:
    """A detail in a few words, for a toast or a heading: ``Nordwall``, ``Healthcare, 50 to 249``."""
    columns = COLUMNS[slug]
    if slug in {"customers", "market-shares"}:
        parts = [cell(record) for _head, cell, figures in columns if not figures]
        return ", ".join(part for part in parts if part and part != str(_ALL)) or _("All of them")
    return columns[0][1](record) or _("Not known")


def detail_changes(kind: DetailKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What a change of a detail says, field by field: ``Since 2019 → 2020``; for one added or removed, its values."""
    said = []
    for name in kind.entered:
        old, new = (_value_words(kind, name, side.get(name)) for side in (before, after))
        label = formats.capital(kind.column(name).verbose_name)
        if name in kind.personal:
            said += [label] if name in after else []
        elif before and after and name in after:
            said.append(f"{label} {old or '?'} → {new or '?'}")
        elif old or new:
            said.append(old or new or "")
    return said


def _value_words(kind: DetailKind, name: str, value: Any) -> str | None:
    if value is None:
        return None
    if name in {"share", "share_of_business"}:
        return formats.percent(Decimal(str(value)))
    choices = dict(kind.column(name).flatchoices)
    if name == "country":
        return formats.country_name(value)
    return str(choices.get(value, value))
