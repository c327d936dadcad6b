"""The filters of a study in words, for the pages of every kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.core.errors import Invalid
from prm.partners.models import Typology
from prm.ui import formats
from profiling.studies.among import ABOUT_STATUSES, LARGEST, STATUSES

KNOWN_CHOICES = ((0, "–"), (0.25, "25\u202f%"), (0.5, "50\u202f%"), (0.75, "75\u202f%"))


def chips(filters: Mapping[str, Any]) -> list[dict[str, str]]:
    """The filters in force as removable statements: name of the filter, words, what the button that drops it sends.

    A form that is refused shows its filters as they were sent: what has no words there stands as it was typed.
    """
    shown = []
    if (status := filters.get("status", "any")) != "any":
        shown.append({"label": "", "value": str(STATUSES.get(status, status)), "drop": "status"})
    if known := filters.get("min_known"):
        shown.append({"label": _("Known"), "value": f"≥ {_figure(known, formats.percent)}", "drop": "min_known"})
    if filters.get("typologies"):
        labels = dict(Typology.choices)
        words = ", ".join(str(labels.get(t, t)) for t in filters["typologies"])
        shown.append({"label": _("Typology"), "value": words, "drop": "typologies"})
    if filters.get("countries"):
        shown.append({"label": _("Country"), "value": ", ".join(filters["countries"]), "drop": "countries"})
    for name, sign in (("min_employees", "≥"), ("max_employees", "≤")):
        if (size := filters.get(name)) is not None:
            shown.append({"label": _("Employees"), "value": f"{sign} {_figure(size, formats.number)}", "drop": name})
    return shown


def _figure(sent: Any, words: Callable[[float], str]) -> str:
    try:
        figure = float(sent)
    except (TypeError, ValueError):
        return str(sent)
    return words(figure) if abs(figure) < LARGEST else str(sent)


def known_choices(filters: Mapping[str, Any]) -> list[tuple[float, str]]:
    """The least known shares to choose from: the usual ones, and the one in force where the API or a demo set another."""
    choices: dict[float, str] = dict(KNOWN_CHOICES)
    with suppress(TypeError, ValueError):
        in_force = float(filters.get("min_known") or 0)
        if 0 <= in_force <= 1:
            choices.setdefault(in_force, formats.percent(in_force))
    return sorted(choices.items())


def among_shown(filters: Mapping[str, Any]) -> dict[str, Any]:
    """What ``profiling/studies/among.html`` needs: the filters in force, and all that may be chosen."""
    return {
        "chips": chips(filters),
        "filters": filters,
        "statuses": STATUSES.items(),
        "about_status": ABOUT_STATUSES.get(filters.get("status", ""), ""),
        "typologies": Typology.choices,
        "known_choices": known_choices(filters),
    }


#: Where the filters stand on a page: field → its id and label.
AMONG = {
    "filters.status": ("f-status", gettext_lazy("Status")),
    "filters.min_known": ("f-known", gettext_lazy("Known, at least")),
    "filters.typologies": ("f-typologies", gettext_lazy("Typology")),
    "filters.countries": ("f-country", gettext_lazy("Countries")),
    "filters.min_employees": ("f-min", gettext_lazy("Employees, from")),
    "filters.max_employees": ("f-max", gettext_lazy("Employees, to")),
}
TITLE = {"title": ("title", gettext_lazy("Title"))}


def refused_shown(refusal: Invalid | None, places: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    """What a page needs to tell a refusal: in ``refused`` each fault with the id and label of its field (``places``, the filters
    known), in ``at`` the message by the id of its field, in ``is_among_refused`` whether one is at a filter."""
    faults = refusal.faults if refusal is not None else []
    known = {**AMONG, **places}
    refused = [(*_place(known, fault.field or ""), fault.message) for fault in faults]
    return {
        "refused": [{"id": place, "label": label, "message": message} for place, label, message in refused],
        "at": {place: message for place, _label, message in refused if place},
        "is_among_refused": any((fault.field or "").startswith("filters") for fault in faults),
    }


def _place(known: Mapping[str, tuple[str, Any]], field: str) -> tuple[str, Any]:
    """The place of a field, or of the one that it lies in."""
    while field and field not in known:
        field = field.rpartition(".")[0]
    return known.get(field, ("", ""))


def filters_words(filters: Mapping[str, Any]) -> dict[str, str]:
    """The filters in force as name → value."""
    return {chip["label"] or _("Status"): chip["value"] for chip in chips(filters)}
