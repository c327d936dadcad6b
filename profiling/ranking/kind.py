"""The ranking as a kind of study: its question, its rows as the API and as files give them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.actors import Actor
from prm.core.errors import Faults
from prm.core.money import reporting_currency
from prm.exports.writers import Column
from prm.ui import formats
from profiling.ranking.engine import RankingEngine
from profiling.ranking.faults import UNUSABLE
from profiling.ranking.question import question_words, usual_words
from profiling.ranking.rules import Parameters
from profiling.ranking.selectors import RANKING, product_names
from profiling.studies.among import clean_filters
from profiling.studies.answers import (
    KNOWN,
    KNOWN_SHAPE,
    MARKS_SHAPE,
    MONEY_SHAPE,
    WHO,
    WHO_SHAPE,
    amount_column,
    amounts,
    known,
    mark_column,
    money,
    potential_columns,
    who,
)
from profiling.studies.kinds import Figure, StudyKind, kinds
from profiling.studies.models import RunResult, StudyRun

FIELDS = frozenset({"values", "filters"})
NAMES = frozenset({"mix", *(key.partition(":")[0] for key, _parameter in Parameters().items())})

COMES_OUT = (
    ("list-check", gettext_lazy("Companies in order of what they could sell more of us, with a range for each")),
    ("coins", gettext_lazy("What each sells today, and the gap, over all and by product family")),
    ("chart-histogram", gettext_lazy("What drives each potential, step by step")),
    ("map-pin", gettext_lazy("Where the potential lies")),
    ("pencil", gettext_lazy("A place to put in what you know better")),
)


def clean(actor: Actor, parameters: dict[str, Any]) -> dict[str, Any]:
    """``values``: parameters set by a person, by their keys (``quota``, ``share:alpha``, ``quota:var``…); ``filters``."""
    faults = Faults()
    for unknown in sorted(set(parameters) - FIELDS):
        faults.add("unknown_parameter", _("A ranking takes values and filters."), field=unknown)
    values = parameters.get("values") or {}
    if not isinstance(values, Mapping):
        faults.add("unusable_parameter", _("Give parameters as names with numbers."), field="values")
        values = {}
    cleaned: dict[str, float] = {}
    for key, value in values.items():
        if str(key).partition(":")[0] not in NAMES:
            faults.add(
                "unknown_parameter",
                _("There is no such parameter: %(name)s") % {"name": str(key)[:60]},
                field=f"values.{key}",
            )
            continue
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number) or number < 0:
            faults.add("unusable_parameter", _("Enter a number, zero or more."), field=f"values.{key}")
        cleaned[str(key)[:120]] = number
    filters: dict[str, Any] = {}
    with faults.kept():
        filters = clean_filters(parameters.get("filters"), status="any")
    faults.refuse()
    return {"values": dict(sorted(cleaned.items())), "filters": filters}


SHAPE = {
    **WHO_SHAPE,
    "product_family": {"type": ["string", "null"], "description": "Null: all families together."},
    "known_share": KNOWN_SHAPE,
    **dict.fromkeys(("p10", "p50", "p90", "actual", "gap"), MONEY_SHAPE),
    "drivers": {"type": "object", "additionalProperties": True, "description": "Steps from a typical company to this one."},
    "marks": MARKS_SHAPE,
}


def answer(result: RunResult) -> dict[str, Any]:
    """A row as the API gives it."""
    return {
        **who(result),
        "product_family": result.line or None,
        "known_share": known(result),
        **amounts(result, "p10", "p50", "p90", "actual", "gap"),
        "drivers": result.drivers,
        "marks": result.marks,
    }


def columns(run: StudyRun) -> list[Column]:
    """The columns of an export."""
    return [
        *WHO,
        Column("product_family", gettext_lazy("Product family"), lambda r: r.line or None, width=20),
        *potential_columns(),
        amount_column("actual", gettext_lazy("Actual")),
        amount_column("gap", gettext_lazy("Gap")),
        KNOWN,
        mark_column("too_little", gettext_lazy("Rests on too little")),
        mark_column("corrected", gettext_lazy("Corrected by hand")),
        Column("marks", gettext_lazy("Marks"), lambda r: r.marks),
    ]


def finding(found: Mapping[str, Any]) -> str:
    """What a run found, in one line."""
    potential, actual = found["potential"], found["actual"]
    if not potential:
        return _("No potential was found")
    gap, sold = (formats.money(amount, reporting_currency(), short=True) for amount in (max(potential - actual, 0), actual))
    # Among companies that buy nothing yet there is no today to tell.
    words = _("%(gap)s more could be sold, beside %(actual)s today") if actual else _("%(gap)s could be sold")
    return words % {"gap": gap, "actual": sold}


def question(actor: Actor, run: StudyRun) -> dict[str, str]:
    """What a run was asked, in words."""
    return question_words(run.parameters, product_names(actor=actor))


def usual(actor: Actor, run: StudyRun) -> dict[str, str]:
    """What a run took where nobody set a number."""
    return usual_words(run.parameters, run.summary.get("parameters"), product_names(actor=actor))


def gap_words(gap: Decimal, signed: bool) -> str:
    """A gap, or how much it changed, in short."""
    text = formats.money(gap, reporting_currency(), short=True)
    return f"+{text}" if signed and gap > 0 else text


kinds.register(
    StudyKind(
        key=RANKING,
        label=gettext_lazy("Ranking"),
        icon="chart-bar",
        order=20,
        asks=gettext_lazy("How much more could each company sell?"),
        about=gettext_lazy(
            "Potential revenue of each product family with each company, with its range and its drivers, beside what it sells today."
        ),
        comes_out=COMES_OUT,
        start=gettext_lazy("Start a ranking"),
        new_page="vendor:profiling:ranking-new",
        page="vendor:profiling:ranking-detail",
        engine=RankingEngine(),
        clean=clean,
        question=question,
        usual=usual,
        finding=finding,
        answer=answer,
        shape=SHAPE,
        columns=columns,
        figure=Figure(gettext_lazy("Gap"), lambda result: result.gap, gap_words, answer=money),
        faults=frozenset({UNUSABLE}),
        line="product_family",
        gives_potential=True,
    )
)
