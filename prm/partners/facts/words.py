"""Facts in words of the reader's language: values, sources, and what a history line says changed. No reading, no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from prm.core.money import reporting_currency
from prm.partners.facts.proposed import MIX, VENDORS
from prm.partners.facts.values import columns_of
from prm.partners.models import Company, FactStatus, SourceKind, Typology
from prm.partners.rules.trust import Freshness, freshness
from prm.partners.selectors.company import FactEntry
from prm.ui import formats

SOURCE_ICONS: Mapping[str, str] = {
    SourceKind.MANUAL: "pencil",
    SourceKind.PARTNER: "user-check",
    SourceKind.QUESTIONNAIRE: "forms",
    SourceKind.REGISTRY: "building",
    SourceKind.IMPORT: "file-import",
    SourceKind.API: "api",
    SourceKind.COMPUTED: "math-function",
}

FRESH_TONES = {Freshness.AGEING: "warn", Freshness.STALE: "bad"}


def age_tone(fact: str, as_of: date | None, today: date) -> str:
    """The class of an as-of date: ``warn`` where the fact is ageing for its kind, ``bad`` where it is stale, else ``fresh``."""
    return FRESH_TONES.get(freshness(fact, as_of, today), "fresh")


def fact_label(fact: str) -> str:
    """The name of a fact; the position is called so."""
    return _("Position") if fact == "latitude" else formats.capital(Company._meta.get_field(fact).verbose_name)  # type: ignore[union-attr]


def fact_words(fact: str, value: Any) -> str | None:
    """A fact's value as people read it (``value`` as ``CompanyFact`` keeps it); None when it is not known."""
    if value is None:
        return None
    columns = columns_of(fact, value)
    first = columns[fact]
    writers: dict[str, Any] = {
        "typology": lambda: Typology(first).label if first in Typology.values else first,
        "country": lambda: formats.country_name(first),
        "languages": lambda: languages_words(first),
        "growth": lambda: _("%(share)s a year") % {"share": formats.percent(Decimal(str(first)), 1, signed=True)},
        "revenue": lambda: money_words(first, columns.get("revenue_currency"), columns.get("revenue_year")),
        "latitude": lambda: f"{first:.3f}, {columns.get('longitude') or 0:.3f}",
        "founded_year": lambda: str(first),
        "website": lambda: first.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/"),
    }
    if fact in writers:
        return str(writers[fact]())
    return formats.number(first) if isinstance(first, int) else str(first)


def proposal_label(field: str) -> str:
    """The name of a proposed fact."""
    if field == VENDORS:
        return _("Vendors it carries")
    if field.startswith(MIX):
        return _("Share of its customers: %(industry)s") % {"industry": field.removeprefix(MIX)}
    return fact_label(field)


def proposal_words(field: str, value: Any) -> str | None:
    """A proposed or known value as people read it."""
    if field == VENDORS:
        return ", ".join(value) if value else None
    if field.startswith(MIX):
        return formats.percent(float(value)) if value is not None else None
    return fact_words(field, value)


def languages_words(codes: Sequence[str]) -> str:
    """``French, English``."""
    names = formats.locale().languages
    return ", ".join(formats.capital(names.get(code.replace("-", "_"), code)) for code in codes)


def money_words(amount: Any, currency: str | None, year: int | None) -> str:
    """``€8.4 M FY 2024``."""
    money = formats.money(Decimal(str(amount)), currency or reporting_currency(), short=True)
    return _("%(amount)s FY\u00a0%(year)s") % {"amount": money, "year": year} if year else money


def source_words(kind: str, name: str, person: str = "") -> str:
    """Where a fact comes from, short: the kind, or for what a person entered where it was learnt."""
    if kind == SourceKind.MANUAL and name and name != person:
        return name
    return str(SourceKind(kind).label) if kind else ""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One value in a fact's history."""

    value: str
    state: str
    tone: str
    source: str
    kind: str
    icon: str
    as_of: date | None
    age: str
    person: str
    until: datetime | None


def history_rows(fact: str, entries: Sequence[FactEntry], *, today: date) -> list[FactRow]:
    """A fact's history in words."""
    tones = {"": "us", FactStatus.PROPOSED: "wa", FactStatus.WITHDRAWN: "no"}
    return [
        FactRow(
            value=fact_words(fact, entry.value) or formats.unknown(),
            state=str(FactStatus(entry.status).label) if entry.status else _("Holds now"),
            tone=tones.get(entry.status, ""), source=entry.source,
            kind=str(SourceKind(entry.kind).label) if entry.kind else "", icon=SOURCE_ICONS.get(entry.kind, ""),
            as_of=entry.as_of, age=age_tone(fact, entry.as_of, today),
            person=entry.person if entry.person != entry.source else "", until=entry.until,
        )
        for entry in entries
    ]  # fmt: skip


def change_words(changes: Mapping[str, Sequence[Any]]) -> list[str]:
    """``Employees 44 → 46``, one for each fact that changed; what reads the same in short is written out."""
    told = []
    for fact, (before, after) in changes.items():
        was, now = fact_words(fact, before) or "?", fact_words(fact, after) or "?"
        if was == now:
            was, now = _in_full(before), _in_full(after)
        if was != now:
            told.append(f"{fact_label(fact)} {was} → {now}")
    return told


def _in_full(value: Any) -> str:
    """A value to the last digit and sign, where its words do not tell it from another."""
    if isinstance(value, Mapping):
        return " ".join(_in_full(part) for part in value.values() if part is not None) or "?"
    if value in (None, ""):
        return "?"
    try:
        return formats.number(Decimal(str(value)), None)
    except InvalidOperation:
        return formats.quoted(value) if isinstance(value, str) else str(value)
