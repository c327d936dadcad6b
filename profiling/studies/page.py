"""Words and figures that the pages of all studies share. No reading, no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from prm.ui import formats
from profiling.studies.models import StudyRun

ROWS = 100


def compare_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a comparison as they are shown; a company that only one run has among its best says so."""
    return [
        {
            "id": row["company"].public_id,
            "name": row["company"].name,
            "city": row["company"].city,
            "rank": row["rank"],
            "other_rank": row["other_rank"],
            "moved": row["moved"],
            "moved_text": formats.number(abs(row["moved"])) if row["moved"] else "",
            "figure": _figure(row["figure"]),
            "other_figure": _figure(row["other_figure"]),
            "change": None if row["change"] is None else formats.number(row["change"], 1, signed=True),
        }
        for row in rows[:ROWS]
    ]


def _figure(value: Any) -> str | None:
    return None if value is None else formats.number(value, 1)


def changes_between(old: StudyRun, new: StudyRun) -> list[dict[str, str]]:
    """What was asked, or read, differently: name, before, after."""
    changes = [
        {"name": name, "before": before, "after": after}
        for name, before, after in _differences(old.parameters, new.parameters)
    ]
    if old.snapshot_id != new.snapshot_id:
        changes.append(
            {
                "name": _("Companies read"),
                "before": formats.number(old.universe_count),
                "after": formats.number(new.universe_count),
            }
        )
    if old.code_version != new.code_version:
        changes.append({"name": _("Version of the formula"), "before": old.code_version, "after": new.code_version})
    return changes


def _differences(old: Any, new: Any, path: str = "") -> list[tuple[str, str, str]]:
    if isinstance(old, dict) and isinstance(new, dict):
        found: list[tuple[str, str, str]] = []
        for key in sorted({*old, *new}):
            found += _differences(old.get(key), new.get(key), f"{path} {parameter_name(key)}".strip())
        return found
    if old == new:
        return []
    return [(path, _words(old), _words(new))]


def parameter_name(key: str) -> str:
    """A parameter of a study in words."""
    known = {
        "references": _("Reference partners"),
        "groups": _("Weight"),
        "criteria": _("Weight inside the group"),
        "filters": _("Among"),
        "excluded": _("Not like us"),
        "values": _("Parameter"),
        "status": _("Status"),
        "min_known": _("Known"),
        "typologies": _("Typology"),
        "countries": _("Country"),
    }
    return str(known.get(key, key.replace("_", " ")))


def _words(value: Any) -> str:
    if value is None:
        return _("none")
    if isinstance(value, list):
        return (
            formats.number(len(value))
            if value and str(value[0]).startswith("company_")
            else ", ".join(map(str, value)) or _("none")
        )
    return formats.number(value, None) if isinstance(value, int | float) else str(value)
