"""The filters of a study in words, for the pages of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prm.partners.models import Typology
from prm.ui import formats
from profiling.studies.among import STATUSES

KNOWN_CHOICES = ((0, "–"), (0.25, "25\u202f%"), (0.5, "50\u202f%"), (0.75, "75\u202f%"))


def chips(filters: Mapping[str, Any]) -> list[dict[str, str]]:
    """The filters in force as removable statements: name of the filter, words, what the button that drops it sends."""
    shown = []
    if filters.get("status", "any") != "any":
        shown.append({"label": "", "value": str(STATUSES[filters["status"]]), "drop": "status"})
    if filters.get("min_known"):
        shown.append({"label": _("Known"), "value": f"≥ {formats.percent(filters['min_known'])}", "drop": "min_known"})
    if filters.get("typologies"):
        words = ", ".join(str(dict(Typology.choices)[t]) for t in filters["typologies"])
        shown.append({"label": _("Typology"), "value": words, "drop": "typologies"})
    if filters.get("countries"):
        shown.append({"label": _("Country"), "value": ", ".join(filters["countries"]), "drop": "countries"})
    if filters.get("min_employees") is not None:
        shown.append(
            {"label": _("Employees"), "value": f"≥ {formats.number(filters['min_employees'])}", "drop": "min_employees"}
        )
    if filters.get("max_employees") is not None:
        shown.append(
            {"label": _("Employees"), "value": f"≤ {formats.number(filters['max_employees'])}", "drop": "max_employees"}
        )
    return shown


def among_shown(filters: Mapping[str, Any]) -> dict[str, Any]:
    """What ``profiling/studies/among.html`` needs: the filters in force, and all that may be chosen."""
    return {
        "chips": chips(filters),
        "filters": filters,
        "statuses": STATUSES.items(),
        "typologies": Typology.choices,
        "known_choices": KNOWN_CHOICES,
    }


def filters_words(filters: Mapping[str, Any]) -> dict[str, str]:
    """The filters in force as name → value."""
    return {chip["label"] or _("Status"): chip["value"] for chip in chips(filters)}
