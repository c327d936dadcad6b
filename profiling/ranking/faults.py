"""What the rules of the ranking find wrong with parameters that a person set, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from profiling.studies.faults import Wording

UNUSABLE = "unusable_parameter"


def _unusable(message: Any) -> Wording:
    return Wording(message, "values", UNUSABLE)


FAULTS = {
    "not_a_number": _unusable(_("Enter a number, zero or more.")),
    "share_not_above_zero": _unusable(_("Alpha and beta of a share must be above 0.")),
    "unknown_parameter": _unusable(_("There is no such parameter: %(name)s")),
    "quantile_out_of_range": _unusable(_("The quantile of the share must lie between 0 and 1.")),
    "dilution_out_of_range": _unusable(_("The dilution of the share must lie between 0 and 1.")),
    "unknown_product": _unusable(_("There is no such product family: %(name)s")),
    "empty_mix": _unusable(_("A product mix needs at least one part above 0.")),
}
