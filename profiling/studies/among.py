"""Among which companies a study looks: the filters that every kind of study takes, checked and in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.core.errors import Faults, Invalid, choose_among
from prm.partners.models import Typology
from prm.ui.figures import WORDS
from profiling.studies.rules import ENOUGH_KNOWN

LARGEST = 1e12  # no company has so many of anything
#: What a status leaves out, in words, where its name does not say.
ABOUT_STATUSES = {
    "recruitable": gettext_lazy("Leaves out who is a partner, from the trial to the exit, and who left."),
    "not_active": gettext_lazy("Keeps partners that are not active: on trial, signed, beginning, leaving, and who left."),
    "not_partner": gettext_lazy("Leaves out who is a partner or a candidate; keeps who left."),
}
STATUSES = {
    "recruitable": gettext_lazy("To recruit"),
    "any": gettext_lazy("Every company"),
    "not_active": gettext_lazy("Not active"),
    "not_partner": gettext_lazy("Not a partner"),
    "partner": gettext_lazy("Active partners"),
}
FIELDS = frozenset({"status", "min_known", "typologies", "countries", "min_employees", "max_employees"})


def clean_filters(data: Any, *, status: str) -> dict[str, Any]:
    """Filters as they are stored; ``status`` is the kind's default, and companies known by half unless ``min_known`` says.

    Raises Invalid with the field of everything that is not one.
    """
    faults = Faults()
    data = data or {}
    if not isinstance(data, Mapping):
        raise Invalid("unknown_filter", _("Choose among the filters of a study."), field="filters")
    for unknown in sorted(set(data) - FIELDS):
        faults.add("unknown_filter", _("Choose among the filters of a study."), field=f"filters.{unknown}")
    chosen = data.get("status") or status
    if chosen not in STATUSES:
        faults.add("unknown_status", choose_among(STATUSES), field="filters.status")
    known, typologies, countries, sizes = 0.0, list[str](), list[str](), dict[str, int]()
    with faults.kept():
        known = _number(data.get("min_known", ENOUGH_KNOWN) or 0, "filters.min_known")
    if not 0 <= known <= 1:
        faults.add("out_of_range", _("A share lies between 0 and 1."), field="filters.min_known")
    with faults.kept():
        typologies = _texts(data.get("typologies"), "filters.typologies")
    if set(typologies) - set(Typology.values):
        faults.add("unknown_typology", choose_among(Typology.values), field="filters.typologies")
    with faults.kept():
        countries = [c.upper() for c in _texts(data.get("countries"), "filters.countries")]
    if any(len(c) != 2 or not c.isalpha() for c in countries):
        faults.add("unknown_country", _("Write countries as two letters, such as FR, BE."), field="filters.countries")
    for name in ("min_employees", "max_employees"):
        value = data.get(name)
        if value not in (None, ""):
            with faults.kept():
                sizes[name] = int(_number(value, f"filters.{name}"))
                if sizes[name] < 0:
                    raise Invalid("out_of_range", _("Enter a number, zero or more."), field=f"filters.{name}")
    if "min_employees" in sizes and sizes["min_employees"] > sizes.get("max_employees", LARGEST):
        faults.add("out_of_order", _("The most is less than the least."), field="filters.max_employees")
    faults.refuse()
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
        raise Invalid("not_a_number", WORDS["not_number"], field=field)
    return number


def _texts(value: Any, field: str) -> list[str]:
    if value in (None, ""):
        return []
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(v, str) for v in value):
        raise Invalid("not_a_list", _("Give a list of texts."), field=field)
    return list(value)
