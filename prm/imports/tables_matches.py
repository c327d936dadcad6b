"""What pages show of a checked file beside what is known: rows with their record, cells before and after, rows that repeat others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.core.ids import typeid_encode
from prm.imports.fields import FieldSpec, Kind
from prm.imports.messages import why_kept
from prm.imports.models import ImportBatch
from prm.imports.runner.comparing import CHANGED, Cell, Match
from prm.imports.selectors_matches import Repeat
from prm.imports.targets import TARGETS
from prm.ui import formats


def match_views(batch: ImportBatch, matches: Iterable[Match]) -> list[dict[str, Any]]:
    """Each row with its record as a link, by what it was recognised, and its cells in words."""
    target = TARGETS.get(batch.target)
    labels = {key.name: str(key.label) for key in target.match_keys}
    url = target.record.url if target.record else ""
    return [
        {
            "row_no": match.row_no, "called": match.called, "name": match.record_name, "by": labels.get(match.match_on, match.match_on),
            "url": reverse(url, args=[record_id(batch, match)]) if url else "", "may_be_apart": not match.is_certain,
            "changed": [_cell(target.field(cell.field), cell) for cell in match.cells if not cell.kept],
            "kept": [_cell(target.field(cell.field), cell) for cell in match.cells if cell.kept],
        }
        for match in matches
    ]  # fmt: skip


def record_id(batch: ImportBatch, match: Match) -> str | None:
    """The TypeID of the record, where it has a page or an address in the API."""
    record = TARGETS.get(batch.target).record
    return typeid_encode(record.prefix, match.record_id) if record and record.prefix else None


def repeat_views(batch: ImportBatch, repeats: Iterable[Repeat]) -> list[dict[str, Any]]:
    """Each row that repeats another, with both names and the key."""
    labels = {key.name: str(key.label) for key in TARGETS.get(batch.target).match_keys}
    return [
        {"row_no": r.row_no, "called": r.called, "of": r.of_row_no, "of_called": r.of_called, "by": labels.get(r.match_on, r.match_on)}
        for r in repeats
    ]  # fmt: skip


def cells_changed(batch: ImportBatch) -> int:
    """How many cells of known records writing would change."""
    return int(batch.forecast.get("cells", {}).get(CHANGED, 0))


def kept_reasons(counts: dict[str, int]) -> list[str]:
    """How many cells stay, reason by reason, the most frequent first."""
    reasons = sorted(((reason, n) for reason, n in counts.items() if reason != CHANGED and n), key=lambda pair: -pair[1])
    return [
        ngettext("%(n)s cell: %(why)s", "%(n)s cells: %(why)s", n) % {"n": formats.number(n), "why": why_kept(reason)}
        for reason, n in reasons
    ]


def kept_count(counts: dict[str, int]) -> int:
    """How many cells stay, for whatever reason."""
    return sum(n for reason, n in counts.items() if reason != CHANGED)


def value_words(spec: FieldSpec, value: Any) -> str:
    """A value of a field as people read it; a dash for none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, dict):
        return _several(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if spec.kind is Kind.COUNTRY:
        return formats.country_name(value) or value
    if spec.kind is Kind.PERCENT:
        return formats.percent(value, 1)
    if spec.kind is Kind.DATE:
        return formats.day(date.fromisoformat(value))
    if spec.kind in {Kind.LATITUDE, Kind.LONGITUDE}:
        return f"{value:.5f}"
    if isinstance(value, int | float) and spec.kind is not Kind.YEAR:
        return formats.number(Decimal(str(value)), None)
    return str(spec.choice_labels.get(value, value))


def _several(value: dict[str, Any]) -> str:
    """A value of several columns: an amount in its currency, perhaps of a year, or a position."""
    if "latitude" in value:
        return f"{value['latitude']:.5f}, {value['longitude']:.5f}"
    said = {name.rpartition("_")[2]: part for name, part in value.items()}
    amount = Decimal(said["amount"] if "amount" in said else said["revenue"])
    words = formats.money(amount, said["currency"]) if said.get("currency") else formats.number(amount)
    return f"{words} ({said['year']})" if said.get("year") else words


def _cell(spec: FieldSpec, cell: Cell) -> dict[str, str]:
    why = why_kept(cell.kept) if cell.kept else ""
    told = " · ".join(filter(None, (cell.told_by, formats.day(cell.told_on) if cell.told_on else ""))) if cell.kept else ""
    after = value_words(spec, cell.after)
    return {
        "label": str(spec.label), "before": "" if cell.adds else value_words(spec, cell.before),
        "after": _("%(value)s is added") % {"value": after} if cell.adds else after, "why": f"{why} ({told})" if told else why,
    }  # fmt: skip
