"""The question of a ranking as its form sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from prm.core.errors import Invalid
from profiling.ranking.question import MEAN, WEIGHT, Learnt, groups_shown, held, kind_of, learnt_by, share_keys
from profiling.studies.forms import filters_from

PREFIX = "value:"
_ENGLISH_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?%?$")


def question_from(post: QueryDict, current: Mapping[str, Any], run_parameters: Learnt | None = None) -> dict[str, Any]:
    """The parameters that a form asks for: a field left empty lets the data (or the stand-in) speak again, one left as it was
    shown changes nothing. ``run_parameters`` are those of the run shown. Raises Invalid for what is no number."""
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
        number = _number(text, key) if text else None
        if which in {MEAN, WEIGHT}:
            shares.setdefault(segment, {})[which] = number
        elif number is None:
            values.pop(key, None)
        else:
            values[key] = held(kind_of(key), number)
    for segment, said in shares.items():
        _set_share(values, segment, said, learnt_by(run_parameters))
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


def plain_number(text: str) -> str:
    """A number as people type it in either language, as a program reads it: ``1,250,000.5`` and ``1 250 000,5``."""
    bare = "".join(text.split())
    return bare.replace(",", "") if _ENGLISH_THOUSANDS.match(bare) else bare.replace(",", ".")


def amount_from(text: str, field: str = "value") -> Decimal:
    """A number as people type it; with a % sign a hundredth of it. Raises Invalid."""
    plain = plain_number(text).removesuffix("%")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise Invalid("not_a_number", _("Enter a number."), field=field) from None
    if not value.is_finite() or abs(value) >= Decimal("1e15"):
        raise Invalid("not_a_number", _("Enter a number."), field=field)
    return value / 100 if text.strip().endswith("%") else value


def _number(text: str, key: str) -> float:
    """What was typed for a number of the formula, in its own unit. Raises Invalid at its field."""
    field, kind = f"values.{key}", kind_of(key)
    number = float(amount_from(text.removesuffix("%"), field))
    if number < 0:
        raise Invalid("out_of_range", _("Enter a number, zero or more."), field=field)
    if kind == "spread" and number < 1:
        raise Invalid("out_of_range", _("A spread is 1 or more: 1 is none, 2 is half to double."), field=field)
    if kind == "best" and number > 100:
        raise Invalid("out_of_range", _("A share lies between 0 and 100 %."), field=field)
    return number


def groups_refused(groups: list[dict[str, Any]], post: QueryDict, refusal: Invalid) -> list[dict[str, Any]]:
    """The numbers as ``groups_shown`` gives them, with what was typed in each and the refusal at the field that it is about."""
    for group in groups:
        fields = [*group["general"], *group["special"]]
        for field in fields:
            field["set_value"] = post.get(PREFIX + field["key"], field["set_value"])
            field["error"] = refusal.message if refusal.field == f"values.{field['key']}" else ""
        group["refused"] = any(field["error"] for field in fields)
        group["refused_special"] = any(field["error"] for field in group["special"])
    return groups


def refused_in(groups: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The field that a refusal is about, where it is one of the numbers."""
    return next((f for g in groups for f in (*g["general"], *g["special"]) if f["error"]), None)
