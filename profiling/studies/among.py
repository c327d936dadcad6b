"""Among which companies a study looks: the filters that every kind of study takes, checked and in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.core.errors import Invalid
from prm.partners.models import Typology
from profiling.studies.rules import ENOUGH_KNOWN

LARGEST = 1e12  # no company has so many of anything
STATUSES = {
    "any": gettext_lazy("Every company"),
    "not_active": gettext_lazy("Not active"),
    "not_partner": gettext_lazy("Not a partner"),
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
    known = _number(data.get("min_known", ENOUGH_KNOWN) or 0, "filters.min_known")
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
