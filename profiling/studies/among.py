"""Among which companies a study looks: filters over a snapshot, the same for every kind of study. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from prm.core.errors import Invalid
from prm.partners.models import Typology

Mask = NDArray[np.bool_]

ACTIVE = ("active", "extended")
LARGEST = 1e12  # no company has so many of anything
ENOUGH = 0.5  # a figure that rests on less evidence is asked for, not offered first
STATUSES = {
    "any": gettext_lazy("Every company"),
    "not_active": gettext_lazy("Not active yet"),
    "not_partner": gettext_lazy("No partner yet"),
    "partner": gettext_lazy("Active partners"),
}
FIELDS = frozenset({"status", "min_known", "typologies", "countries", "min_employees", "max_employees"})


def clean_filters(data: Any, *, status: str) -> dict[str, Any]:
    """Filters as they are stored; ``status`` is the kind's default, and companies known by half unless ``min_known`` says.

    Raises Invalid with the field for what is not one.
    """
    data = data or {}
    if not isinstance(data, Mapping):
        raise Invalid("unknown_filter", _("Choose among the filters of a study."), field="filters")
    if unknown := sorted(set(data) - FIELDS):
        raise Invalid("unknown_filter", _("Choose among the filters of a study."), field=f"filters.{unknown[0]}")
    chosen = data.get("status") or status
    if chosen not in STATUSES:
        raise Invalid("unknown_status", _("Choose one of the states of a company."), field="filters.status")
    known = _number(data.get("min_known", ENOUGH) or 0, "filters.min_known")
    if not 0 <= known <= 1:
        raise Invalid("out_of_range", _("A share lies between 0 and 1."), field="filters.min_known")
    typologies = _texts(data.get("typologies"), "filters.typologies")
    if set(typologies) - set(Typology.values):
        raise Invalid("unknown_typology", _("Choose among the typologies."), field="filters.typologies")
    countries = [c.upper() for c in _texts(data.get("countries"), "filters.countries")]
    if any(len(c) != 2 or not c.isalpha() for c in countries):
        raise Invalid("unknown_country", _("Write countries as two letters."), field="filters.countries")
    sizes = {}
    for name in ("min_employees", "max_employees"):
        value = data.get(name)
        if value not in (None, ""):
            sizes[name] = int(_number(value, f"filters.{name}"))
    return {
        "status": chosen,
        "min_known": known,
        "typologies": sorted(set(typologies)),
        "countries": sorted(set(countries)),
        **sizes,
    }


def filter_mask(universe: pa.Table, filters: Mapping[str, Any]) -> Mask:
    """Which rows of the universe pass, the known share aside (it belongs to the answer). What is unknown does not pass."""
    lifecycle = universe.column("lifecycle")
    active = _in(lifecycle, ACTIVE)
    kept = {
        "not_active": ~active,
        "not_partner": ~_valid(lifecycle) | _in(lifecycle, ("exited",)),
        "partner": active,
    }.get(filters.get("status", "any"), np.ones(universe.num_rows, dtype=bool))
    if filters.get("typologies"):
        kept &= _in(universe.column("typology"), filters["typologies"])
    if filters.get("countries"):
        kept &= _in(universe.column("country"), filters["countries"])
    employees = universe.column("employees").to_numpy()
    with np.errstate(invalid="ignore"):
        if filters.get("min_employees") is not None:
            kept &= employees >= filters["min_employees"]
        if filters.get("max_employees") is not None:
            kept &= employees <= filters["max_employees"]
    return kept


def without(universe: pa.Table, company_ids: Sequence[str], mask: Mask) -> Mask:
    """The mask less some companies, by id."""
    return mask & ~_in(universe.column("id"), company_ids) if company_ids else mask


def _in(column: pa.ChunkedArray, values: Sequence[str]) -> Mask:
    return np.asarray(pc.fill_null(pc.is_in(column, value_set=pa.array(values, pa.string())), False).to_numpy(), dtype=bool)


def _valid(column: pa.ChunkedArray) -> Mask:
    return np.asarray(pc.is_valid(column).to_numpy(), dtype=bool)


def _number(value: Any, field: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not abs(number) < LARGEST:
        raise Invalid("not_a_number", _("Enter a number."), field=field)
    return number


def _texts(value: Any, field: str) -> list[str]:
    if value in (None, ""):
        return []
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(v, str) for v in value):
        raise Invalid("not_a_list", _("Give a list of texts."), field=field)
    return list(value)
