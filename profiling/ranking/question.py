"""What a ranking rests on, as its page shows it: every number of the formula in plain words, with its unit, where it comes from and
what changing it does. Plain data, no reading and no markup.

Some numbers are asked for in words that people use and not as the formula holds them: a spread as "× or ÷ 1.4" and not as the
deviation of a logarithm, a share as its average and not as α and β. ``shown`` and ``held`` go from one to the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.partners.models import Typology
from prm.ui import formats
from profiling.ranking.rules import Origin, Parameters
from profiling.studies.rows import unit
from profiling.studies.words import filters_words

#: A value of a run: value, unit, origin, how many companies it was estimated from.
Learnt = Mapping[str, Sequence[Any]]

MEAN, WEIGHT = "share_mean", "share_weight"


@dataclass(frozen=True)
class Known:
    """A number of the formula in words. ``kind``: amount, percent, best (1 − share in %), spread (e to the power of it) or plain."""

    key: str
    label: Any
    unit: Any
    about: Any
    kind: str = "plain"


CAPACITY = (
    Known(
        "quota",
        gettext_lazy("Sales of one salesperson"),
        gettext_lazy("¤ a year"),
        gettext_lazy("Of all vendors' products. Higher: companies with many salespeople could sell more."),
        "amount",
    ),
    Known(
        "day_rate",
        gettext_lazy("A day of an engineer, as sold"),
        gettext_lazy("¤ a day"),
        gettext_lazy("Higher: companies with many engineers could sell more."),
        "amount",
    ),
    Known(
        "billable_days",
        gettext_lazy("Days that an engineer sells"),
        gettext_lazy("days a year"),
        gettext_lazy("Higher: the same."),
    ),
    Known(
        "basket",
        gettext_lazy("Sales to one customer"),
        gettext_lazy("¤ a year"),
        gettext_lazy("Higher: companies with many customers could sell more."),
        "amount",
    ),
    Known(
        "headroom",
        gettext_lazy("Room above today's revenue"),
        gettext_lazy("× revenue"),
        gettext_lazy("1: it sells all that it can; 1.2: a fifth more is possible."),
    ),
    Known(
        "typical_capacity",
        gettext_lazy("A company of which nothing is known"),
        gettext_lazy("¤ a year"),
        gettext_lazy("Only where salespeople, engineers, customers and revenue are all unknown."),
        "amount",
    ),
)
SHARE = (
    Known(
        MEAN,
        gettext_lazy("What a vendor gets on average"),
        "%",
        gettext_lazy("Of all that a company sells. Higher: more potential everywhere."),
    ),
    Known(
        WEIGHT,
        gettext_lazy("How firm that average is"),
        gettext_lazy("companies"),
        gettext_lazy("Higher: the best are thought to be closer to the average."),
    ),
    Known(
        "share_quantile",
        gettext_lazy("Whom of the comparable to match"),
        gettext_lazy("% best"),
        gettext_lazy("20: what the best fifth give a vendor. Lower: more is asked of everybody."),
        "best",
    ),
    Known(
        "dilution",
        gettext_lazy("How the share falls with size"),
        gettext_lazy("from 0 to 1"),
        gettext_lazy("0: not at all; 1: so much that size adds nothing. Higher: less from the largest companies."),
    ),
    Known(
        "shrinkage",
        gettext_lazy("When a typology speaks for itself"),
        gettext_lazy("companies"),
        gettext_lazy("With so many companies its own figure counts for half, that of all typologies for the rest."),
    ),
)
SPREAD = (
    Known(
        "error_capacity",
        gettext_lazy("What it can sell, from one fact"),
        gettext_lazy("× or ÷"),
        gettext_lazy("Two companies of three lie within. Higher: wider ranges, same middle."),
        "spread",
    ),
    Known("error_capacity_unknown", gettext_lazy("What it can sell, from no fact"), gettext_lazy("× or ÷"), "", "spread"),
    Known("error_fit", gettext_lazy("Part for the product"), gettext_lazy("× or ÷"), "", "spread"),
    Known("error_share", gettext_lazy("Share that we can get"), gettext_lazy("× or ÷"), "", "spread"),
    Known("error_corrected", gettext_lazy("A value set by hand"), gettext_lazy("× or ÷"), "", "spread"),
)
MIX = Known("mix", gettext_lazy("Part for %(product)s"), "%", "", "percent")
GROUPS = (
    ("capacity", gettext_lazy("What a company can sell"), CAPACITY),
    ("share", gettext_lazy("What part of it we can get"), SHARE),
    ("mix", gettext_lazy("What part each product takes"), (MIX,)),
    ("spread", gettext_lazy("How far off it may be"), SPREAD),
)
ORIGINS = {Origin.STAND_IN: gettext_lazy("Stand-in"), Origin.SET: gettext_lazy("Set by hand")}


def line_name(line: str, products: Mapping[str, str]) -> str:
    """A product family in words; '' is all of them."""
    if line in {"", "all"}:
        return _("All products")
    return _("Other products") if line == "other" else products.get(line, line)


def shown(kind: str, value: float) -> float:
    """A value of the formula as people are asked for it.

    >>> round(shown("spread", 0.35), 2)
    1.42
    """
    if kind == "spread":
        return math.exp(value)
    return 100 * (1 - value) if kind == "best" else 100 * value if kind == "percent" else value


def held(kind: str, value: float) -> float:
    """What people said as the formula holds it. NaN where it cannot be (a spread below 1).

    >>> round(held("best", 20), 2)
    0.8
    """
    if kind == "spread":
        return math.log(value) if value >= 1 else math.nan
    return 1 - value / 100 if kind == "best" else value / 100 if kind == "percent" else value


def kind_of(key: str) -> str:
    """How a key's value is shown."""
    name = key.partition(":")[0]
    return next((known.kind for _key, _label, group in GROUPS for known in group if known.key == name), "plain")


def share_keys(key: str) -> tuple[str, str]:
    """``share_mean:var`` → the formula's ``share:var:alpha`` and ``share:var:beta``."""
    segment = key.partition(":")[2]
    prefix = f"share:{segment}" if segment else "share"
    return f"{prefix}:alpha", f"{prefix}:beta"


def learnt_by(run_parameters: Learnt | None) -> Learnt:
    """The values of a run, or before the first one the stand-ins."""
    return run_parameters or {k: [p.value, p.unit, p.origin.value, p.evidence] for k, p in Parameters().items()}


def groups_shown(
    given: Mapping[str, float], run_parameters: Learnt | None, products: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The numbers in four groups, each with those that hold for everybody first and those by typology or product behind."""
    values = learnt_by(run_parameters)
    found = []
    for key, label, group in GROUPS:
        fields = [f for known in group for f in _fields(known, given, values, products)]
        general = [f for f in fields if f["is_general"]]
        found.append(
            {
                "key": key,
                "label": label,
                "general": general or fields,
                "special": [f for f in fields if not f["is_general"]] if general else [],
                "set": sum(f["is_set"] for f in fields),
            }
        )
    return [group for group in found if group["general"]]


def question_words(parameters: Mapping[str, Any], products: Mapping[str, str]) -> dict[str, str]:
    """What a person has set, and among whom, as name → value, to set two questions side by side."""
    groups = groups_shown(parameters["values"], None, products)
    fields = [field for group in groups for field in (*group["general"], *group["special"]) if field["is_set"]]
    return {f["label"]: f"{f['set_value']} {f['unit']}".strip() for f in fields} | filters_words(parameters["filters"])


def usual_words(parameters: Mapping[str, Any], learnt: Learnt | None, products: Mapping[str, str]) -> dict[str, str]:
    """What a run took for the numbers that nobody set, as name → value with where it comes from."""
    origins = {True: _("stand-in, %(value)s"), False: _("from the data, %(value)s")}
    return {
        f["label"]: origins[f["is_stand_in"]] % {"value": f"{f['value']} {f['unit']}".strip()}
        for group in groups_shown(parameters["values"], learnt, products)
        for f in (*group["general"], *group["special"])
        if not f["is_set"] and f["value"]
    }


def _fields(
    known: Known, given: Mapping[str, float], values: Learnt, products: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    if known.key in {MEAN, WEIGHT}:
        for segment in sorted({k.removeprefix("share:").rpartition(":")[0] for k in {*values, *given} if _is_share(k)}):
            yield _share_field(known, segment, given, values)
        return
    keys = [k for k in {*values, *given} if k.partition(":")[0] == known.key]
    for key in sorted(keys, key=lambda k: (k.count(":"), k)):
        value, _unit, origin, evidence = values.get(key, [None, "", Origin.SET, 0])
        mine = given.get(key)
        yield _field(known, key, _label(known, key, products), value=value, mine=mine, origin=origin, evidence=evidence)


def _is_share(key: str) -> bool:
    return key.startswith("share:")


def _share_field(known: Known, segment: str, given: Mapping[str, float], values: Learnt) -> dict[str, Any]:
    key = f"{known.key}:{segment}" if segment else known.key
    alpha, beta = share_keys(key)
    _value, _unit, origin, evidence = values.get(alpha, [None, "", Origin.SET, 0])
    learnt = _of_share(known.key, *(values[k][0] if k in values else None for k in (alpha, beta)))
    mine = _of_share(known.key, *(given.get(k) for k in (alpha, beta)))
    return _field(known, key, _label(known, key, {}), value=learnt, mine=mine, origin=origin, evidence=evidence)


def _of_share(key: str, alpha: float | None, beta: float | None) -> float | None:
    if alpha is None or beta is None:
        return None
    return 100 * alpha / (alpha + beta) if key == MEAN else alpha + beta


def _field(
    known: Known, key: str, label: str, *, value: float | None, mine: float | None, origin: str, evidence: int
) -> dict[str, Any]:
    is_set = mine is not None
    return {
        "key": key,
        "label": label,
        "about": known.about if ":" not in key else "",
        "unit": str(known.unit).replace("¤", unit()),
        "value": _text(known.kind, value),
        "set_value": _text(known.kind, mine),
        "is_set": is_set,
        "is_stand_in": origin == Origin.STAND_IN and not is_set,
        "is_general": ":" not in key or (known is MIX and key.count(":") == 1),
        "origin": _("From %(count)s companies") % {"count": formats.number(evidence)}
        if origin == Origin.ESTIMATED and not is_set
        else str(ORIGINS[Origin.SET if is_set else Origin(origin)]),
    }


def _text(kind: str, value: float | None) -> str:
    if value is None:
        return ""
    number = shown(kind, value)
    return formats.number(round(number, 0 if number >= 1000 else 1 if number >= 100 else 2), None)


def _label(known: Known, key: str, products: Mapping[str, str]) -> str:
    rest = key.partition(":")[2]
    if known is not MIX:
        return str(known.label) if not rest else f"{known.label} · {_segment(rest)}"
    segment, _sep, product = rest.rpartition(":")
    words = str(known.label) % {"product": line_name(product, products)}
    return f"{words} · {_segment(segment)}" if segment else words


def _segment(code: str) -> str:
    return str(dict(Typology.choices).get(code, code))
