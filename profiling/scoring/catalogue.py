"""On what companies are compared (P8): groups of criteria, built from the facts that the universe holds.

The order of the groups is the order of the bars; a group takes part when the universe knows at least one of its criteria.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from prm.core.rounding import split_amount
from prm.partners.facts.words import languages_words
from prm.partners.models import Typology
from profiling.scoring.rules import Compare, Criterion, Group, Kind, Plan
from profiling.studies.snapshots import MEASURE


@dataclass(frozen=True)
class CriteriaGroup:
    """A group as people see it. ``colour`` is the class of its bar, the same as its slider's."""

    key: str
    label: Any
    colour: str


GROUPS = (
    CriteriaGroup("offer", _("Offer sold"), "c-1"),
    CriteriaGroup("complementary", _("Complementary vendors"), "c-2"),
    CriteriaGroup("customers", _("Customers served"), "c-3"),
    CriteriaGroup("strike", _("Strike force"), "c-4"),
    CriteriaGroup("territory", _("Territory"), "c-5"),
    CriteriaGroup("growth", _("Growth"), "c-6"),
    CriteriaGroup("competing", _("Competing vendors"), "c-7"),
    CriteriaGroup("typology", _("Typology"), "c-8"),
    CriteriaGroup("measures", _("Certifications and measures"), "c-9"),
)
GROUP = {group.key: group for group in GROUPS}

CRITERIA = (
    Criterion("offers", Kind.LABELS, "offer"),
    Criterion("vendors_complementary", Kind.LABELS, "complementary"),
    Criterion("customer_industry", Kind.LABELS, "customers"),
    Criterion("customer_size", Kind.LABELS, "customers"),
    Criterion("customers", Kind.NUMBER, "customers"),
    Criterion("sales_people", Kind.NUMBER, "strike"),
    Criterion("engineers", Kind.NUMBER, "strike"),
    Criterion("employees", Kind.NUMBER, "strike"),
    Criterion("areas", Kind.TERRITORY, "territory"),
    Criterion("customer_territory", Kind.TERRITORY, "territory"),
    Criterion("place", Kind.PLACE, "territory", columns=("latitude", "longitude")),
    Criterion("growth", Kind.NUMBER, "growth"),
    Criterion("revenue", Kind.NUMBER, "growth"),
    Criterion("founded_year", Kind.NUMBER, "growth"),
    Criterion("market_share", Kind.NUMBER, "growth"),
    Criterion("vendors_competing", Kind.LABELS, "competing"),
    Criterion("typology", Kind.CATEGORY, "typology"),
    Criterion("languages", Kind.LABELS, "typology"),
)
LABELS = {
    "offers": _("Offer sold"),
    "vendors_complementary": _("Complementary vendors"),
    "customer_industry": _("Customers' industries"),
    "customer_size": _("Customers' sizes"),
    "customers": _("Number of customers"),
    "sales_people": _("Salespeople"),
    "engineers": _("Engineers"),
    "employees": _("Employees"),
    "areas": _("Where it works"),
    "customer_territory": _("Customers' territories"),
    "place": _("Nearness"),
    "growth": _("Growth"),
    "revenue": _("Revenue"),
    "founded_year": _("Founded"),
    "market_share": _("Market share"),
    "vendors_competing": _("Competing vendors"),
    "typology": _("Typology"),
    "languages": _("Languages"),
}


def criteria_known(universe: pa.Table) -> tuple[Criterion, ...]:
    """The criteria of which the universe knows something, in order; measures at the end, by key."""
    # Of a proof more is never less alike.
    measures = [
        Criterion(name, Kind.CATEGORY, "measures")
        if pa.types.is_string(universe.schema.field(name).type)
        else Criterion(name, Kind.NUMBER, "measures", compare=compared_by(name))
        for name in sorted(n for n in universe.column_names if n.startswith(MEASURE))
    ]
    return tuple(c for c in (*CRITERIA, *measures) if all(_known(universe, name) for name in c.columns))


def is_number(key: str) -> bool:
    """Whether a criterion's values are numbers; a measure may be."""
    return key.startswith(MEASURE) or any(c.key == key and c.kind is Kind.NUMBER for c in CRITERIA)


def compared_by(key: str) -> Compare:
    """How a number is compared unless a study says otherwise."""
    return Compare.AT_LEAST if key.startswith(MEASURE) else Compare.NEAR


def plan_of(universe: pa.Table, parameters: Mapping[str, Any]) -> Plan:
    """The plan of a run: its ``groups`` are weights by group, all equal where none is given; ``criteria`` weights inside the
    group, 1 where not given; ``compare`` how numbers are compared, the criterion's own way where not given."""
    weights, inside, compare = parameters.get("groups"), parameters.get("criteria", {}), parameters.get("compare", {})
    criteria = [
        replace(c, weight=float(inside.get(c.key, 1.0)), compare=Compare(compare.get(c.key, c.compare)))
        for c in criteria_known(universe)
    ]
    present = {c.group for c in criteria}
    groups = tuple(Group(g.key, float(weights.get(g.key, 0.0)) if weights else 1.0) for g in GROUPS if g.key in present)
    return Plan(tuple(criteria), groups)


def colour(group: str) -> str:
    """The colour class of a group's bar."""
    return GROUP[group].colour if group in GROUP else "c-6"


def in_order(contributions: Mapping[str, int | None]) -> list[tuple[str, int | None]]:
    """Contributions by group in the order of the bars; the database keeps objects in an order of its own."""
    return [(group.key, contributions[group.key]) for group in GROUPS if group.key in contributions]


def shares_of(weights: Sequence[float]) -> list[int]:
    """Weights out of 100, whole numbers that add up to it; equal ones where none is above zero.

    >>> shares_of([1, 1, 1])
    [34, 33, 33]
    """
    usable = weights if any(weights) else [1.0] * len(weights)
    return [int(part) for part in split_amount(Decimal(100), usable, 0)] if weights else []


@dataclass(frozen=True, slots=True)
class Names:
    """Words for codes: criterion → code → name, and measures by key."""

    values: Mapping[str, Mapping[str, str]]
    measures: Mapping[str, str]

    def criterion(self, key: str) -> str:
        """A criterion's name."""
        if key.startswith(MEASURE):
            return self.measures.get(key.removeprefix(MEASURE), key.removeprefix(MEASURE))
        return str(LABELS.get(key, key))

    def value(self, key: str, code: str) -> str:
        """What a code of the criterion means: ``FR:ile de france`` → "Ile De France, FR"."""
        if key == "typology":
            return str(dict(Typology.choices).get(code, code))
        if key == "languages":
            return languages_words([code])
        if key != "areas":
            return self.values.get(key, {}).get(code, code)
        country, _sep, region = code.partition(":")
        return f"{self.values.get(key, {}).get(region, region.title())}, {country}" if region else country


def _known(universe: pa.Table, name: str) -> bool:
    return name in universe.column_names and universe.column(name).null_count < universe.num_rows
