"""The question of a ranking as its form sends it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from prm.core.errors import Faults, Invalid
from prm.ui.figures import figure_typed
from profiling.ranking.question import MEAN, WEIGHT, Learnt, groups_shown, held, kind_of, learnt_by, share_keys
from profiling.studies.forms import filters_from

PREFIX = "value:"


def question_from(
    post: QueryDict, current: Mapping[str, Any], run_parameters: Learnt | None = None, *, faults: Faults | None = None
) -> dict[str, Any]:
    """The parameters that a form asks for: a field left empty lets the data (or the stand-in) speak again, one left as it was
    shown changes nothing. ``run_parameters`` are those of the run shown. What is no number goes to ``faults``, or is raised."""
    found = Faults() if faults is None else faults
    given = current.get("values", {})
    values = dict(given)
    shown = {
        f["key"]: f["set_value"] for g in groups_shown(given, run_parameters, {}) for f in (*g["general"], *g["special"])
    }
    shares: dict[str, dict[str, float | None]] = {}
    for name in post:
        key, text = name.removeprefix(PREFIX), str(post[name]).strip()
        if not name.startswith(PREFIX) or text == shown.get(key, ""):
            continue
        which, _sep, segment = key.partition(":")
        number = None
        try:
            number = _number(text, key) if text else None
        except Invalid as refusal:
            found.add(refusal.code, refusal.message, field=refusal.field)
            continue
        if which in {MEAN, WEIGHT}:
            shares.setdefault(segment, {})[which] = number
        elif number is None:
            values.pop(key, None)
        else:
            values[key] = held(kind_of(key), number)
    for segment, said in shares.items():
        with found.kept():
            _set_share(values, segment, said, learnt_by(run_parameters))
    if faults is None:
        found.refuse()
    return {"values": values, "filters": filters_from(post, current.get("filters", {}))}


def _set_share(values: dict[str, Any], segment: str, said: Mapping[str, float | None], learnt: Learnt) -> None:
    """Average and firmness said by a person, as α and β; what was not said stays as it is set, or else learnt.
    Emptying one lets the data speak for both."""
    keys = share_keys(f"{MEAN}:{segment}" if segment else MEAN)
    if None in said.values():
        for key in keys:
            values.pop(key, None)
        return
    is_set = all(key in values for key in keys)
    everybody = [learnt[key][0] for key in share_keys(MEAN)]
    alpha, beta = (values[key] if is_set else learnt.get(key, [usual])[0] for key, usual in zip(keys, everybody, strict=True))
    mean = said.get(MEAN)
    if mean is not None and not 0 < mean < 100:
        field = f"values.{MEAN}:{segment}" if segment else f"values.{MEAN}"
        raise Invalid("out_of_range", _("An average share lies between 0 and 100 %."), field=field)
    mean = alpha / (alpha + beta) if mean is None else mean / 100
    weight = said.get(WEIGHT) or alpha + beta
    values |= dict(zip(keys, (mean * weight, (1 - mean) * weight), strict=True))


def amount_from(text: str, field: str = "value") -> Decimal:
    """A number as people type it; with a % sign a hundredth of it. Raises Invalid."""
    found = figure_typed(text, field=field)
    return found.value / 100 if found.is_percent else found.value


def _number(text: str, key: str) -> float:
    """What was typed for a number of the formula, in its own unit. Raises Invalid at its field."""
    field, kind = f"values.{key}", kind_of(key)
    number = float(figure_typed(text, field=field).value)
    if number < 0:
        raise Invalid("out_of_range", _("Enter a number, zero or more."), field=field)
    if kind == "spread" and number < 1:
        raise Invalid("out_of_range", _("A spread is 1 or more: 1 is none, 2 is half to double."), field=field)
    if kind == "best" and number > 100:
        raise Invalid("out_of_range", _("A share lies between 0 and 100 %."), field=field)
    return number


def groups_refused(groups: list[dict[str, Any]], post: QueryDict, refusal: Invalid) -> list[dict[str, Any]]:
    """The numbers as ``groups_shown`` gives them, with what was typed in each and what is refused at its field."""
    refused = {fault.field: fault.message for fault in refusal.faults}
    for group in groups:
        fields = [*group["general"], *group["special"]]
        for field in fields:
            field["set_value"] = post.get(PREFIX + field["key"], field["set_value"])
            field["error"] = refused.get(f"values.{field['key']}", "")
        group["refused"] = any(field["error"] for field in fields)
        group["refused_special"] = any(field["error"] for field in group["special"])
    return groups


def places_in(groups: list[dict[str, Any]]) -> dict[str, tuple[str, Any]]:
    """Where the numbers stand on the page: field → its id and label."""
    return {f"values.{f['key']}": (f"p-{f['key']}", f["label"]) for g in groups for f in (*g["general"], *g["special"])}
