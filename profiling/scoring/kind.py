"""The look-alike as a kind of study: its question, its rows as the API and as files give them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.actors import Actor
from prm.core.errors import Faults, Invalid
from prm.exports.writers import Column
from prm.ui import formats
from profiling.scoring.catalogue import CRITERIA, GROUP, GROUPS, Names, compared_by, in_order, is_number
from profiling.scoring.effect import effect_told
from profiling.scoring.engine import ScoringEngine
from profiling.scoring.faults import FAULTS
from profiling.scoring.finding import finding_words
from profiling.scoring.question import evaluation_words, question_words, usual_words, weights_shown
from profiling.scoring.rules import THIN, Compare
from profiling.scoring.selectors import LOOK_ALIKE, companies_by_public_id, measure_names, references_found
from profiling.studies.among import clean_filters
from profiling.studies.answers import (
    KNOWN,
    KNOWN_SHAPE,
    MARKS_SHAPE,
    MONEY_SHAPE,
    WHO,
    WHO_SHAPE,
    amounts,
    known,
    mark_column,
    potential_columns,
    who,
)
from profiling.studies.kinds import Figure, StudyKind, kinds
from profiling.studies.models import RunResult, StudyRun
from profiling.studies.snapshots import MEASURE

FIELDS = frozenset({"references", "groups", "criteria", "compare", "filters", "excluded"})
MOST_REFERENCES = 1_000
MOST_EXCLUDED = 1_000

COMES_OUT = (
    ("list-check", gettext_lazy("Companies in order, each with a resemblance from 0 to 100")),
    ("chart-bar", gettext_lazy("Why: how much each group gives, to the tenth, and what is not known")),
    ("map-pin", gettext_lazy("A map, and potential against resemblance")),
    ("flask", gettext_lazy("How well it finds partners that were put aside")),
    ("target-arrow", gettext_lazy("The best onto a target list, or all as a file")),
)


def clean(actor: Actor, parameters: dict[str, Any]) -> dict[str, Any]:
    """``references`` and ``excluded`` are ids of companies; ``groups`` weights by group (none given: as the references suggest);
    ``criteria`` weights inside the group, 1 where not given; ``compare`` near or at_least by number, where it is not the
    criterion's own; ``filters``."""
    found, faults = read(actor, parameters)
    faults.refuse()
    return found


def read(actor: Actor, parameters: dict[str, Any]) -> tuple[dict[str, Any], Faults]:
    """The parts of a question that ``clean`` takes, and what is wrong with the others."""
    faults = Faults()
    for unknown in sorted(set(parameters) - FIELDS):
        faults.add("unknown_parameter", _("Name references, groups, criteria, compare, filters or excluded."), field=unknown)
    found: dict[str, Any] = {}
    with faults.kept():
        found["references"] = _references(actor, parameters.get("references"))
    with faults.kept():
        groups = _weights(parameters.get("groups"), set(GROUP), "groups")
        if groups and not any(groups.values()):
            faults.add("no_weight", _("Give weight to at least one group."), field="groups")
        found["groups"] = {g.key: groups.get(g.key, 0.0) for g in GROUPS} if groups else {}
    with faults.kept():
        found["criteria"] = _weights(parameters.get("criteria"), {c.key for c in CRITERIA}, "criteria")
    with faults.kept():
        found["compare"] = _compared(parameters.get("compare"))
    with faults.kept():
        found["filters"] = clean_filters(parameters.get("filters"), status="recruitable")
    with faults.kept():
        found["excluded"] = _excluded(actor, parameters.get("excluded"))
    return found, faults


def weighed(run: StudyRun) -> dict[str, Any] | None:
    """Who chose the weights of a run, their shares of 100 by group, and what held-out partners say of them, as its page tells it."""
    if not run.is_finished:
        return None
    chosen_by = run.summary.get("weights", "set")
    words = evaluation_words(run.evaluation, chosen_by)
    return {
        "chosen_by": chosen_by,
        "groups": {group["key"]: group["weight"] for group in weights_shown(run.parameters, run)},
        "verdict": " ".join(words[part] for part in ("verdict", "text", "conclusion") if part in words),
    }


def effect(run: StudyRun, parameters: Mapping[str, Any], suggest: bool) -> dict[str, Any] | None:
    """What other weights would be worth on what a run read, before there is another; None where that is not kept any more."""
    found = effect_told(run, parameters, suggest=suggest)
    if found is None:
        return None
    words = evaluation_words(found.evaluation, found.chosen_by)
    return {
        "chosen_by": found.chosen_by,
        "groups": {group["key"]: group["weight"] for group in weights_shown({"groups": found.groups}, run)},
        "verdict": " ".join(words[part] for part in ("verdict", "text", "conclusion") if part in words),
        "evaluation": found.evaluation,
    }


def _references(actor: Actor, given: Any) -> list[str]:
    references = _ids(given, "references")
    if not references:
        raise Invalid("no_reference", _("Choose at least one reference partner."), field="references")
    if len(references) > MOST_REFERENCES:
        raise Invalid("too_many", _("Choose at most 1,000 reference partners."), field="references")
    missing = set(references) - references_found(actor=actor, public_ids=references)
    for place, one in enumerate(given):
        if one in missing:
            gone = companies_by_public_id(actor=actor, public_ids=[one])
            raise Invalid(
                "unknown_company",
                _("Some of the reference partners are archived or merged by now: take them away first.")
                if gone
                else _("“%(id)s” names no company that you can see.") % {"id": one[:60]},
                field=f"references.{place}",
            )
    return references


def _excluded(actor: Actor, given: Any) -> list[str]:
    """Companies to leave out. One that is archived or merged since stays: an earlier run named it, and nothing comes of it now."""
    excluded = _ids(given, "excluded")
    if len(excluded) > MOST_EXCLUDED:
        raise Invalid("too_many", _("Leave out at most 1,000 companies."), field="excluded")
    known = {company.public_id for company in companies_by_public_id(actor=actor, public_ids=excluded)}
    faults = Faults()
    for place, one in enumerate(given or ()):
        if one not in known:
            words = _("“%(id)s” names no company that you can see.") % {"id": one[:60]}
            faults.add("unknown_company", words, field=f"excluded.{place}")
    faults.refuse()
    return excluded


def _ids(value: Any, field: str) -> list[str]:
    value = [] if value is None else value
    if isinstance(value, str) or not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise Invalid("not_a_list", _("Give a list of company ids."), field=field)
    return list(dict.fromkeys(value))


def _weights(value: Any, known: set[str], field: str) -> dict[str, float]:
    value = {} if value is None else value
    if not isinstance(value, Mapping):
        raise Invalid("not_weights", _("Give weights as names with numbers."), field=field)
    cleaned: dict[str, float] = {}
    faults = Faults()
    for key, weight in value.items():
        if key not in known and not str(key).startswith(MEASURE):
            faults.add(
                "unknown_criterion",
                _("There is no such criterion: %(name)s") % {"name": str(key)[:60]},
                field=f"{field}.{key}",
            )
            continue
        try:
            number = float(weight)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number) or not 0 <= number <= 1_000_000:
            faults.add("unusable_weight", _("A weight is a number, zero or more."), field=f"{field}.{key}")
        cleaned[str(key)] = number
    faults.refuse()
    return cleaned


def _compared(value: Any) -> dict[str, str]:
    value = {} if value is None else value
    if not isinstance(value, Mapping):
        raise Invalid("not_comparisons", _("Give comparisons as names with near or at_least."), field="compare")
    faults = Faults()
    for key, how in value.items():
        if not is_number(str(key)):
            words = _("There is no such number: %(name)s") % {"name": str(key)[:60]}
            faults.add("unknown_criterion", words, field=f"compare.{key}")
        elif how not in list(Compare):
            faults.add("unknown_comparison", _("Compare by near or by at_least."), field=f"compare.{key}")
    faults.refuse()
    return {str(key): str(how) for key, how in sorted(value.items()) if how != compared_by(str(key))}


SHAPE = {
    **WHO_SHAPE,
    "resemblance": {"type": ["number", "null"], "description": "Out of 100."},
    "percentile": {"type": ["number", "null"], "description": "Per cent of the companies that it is ahead of."},
    "known_share": KNOWN_SHAPE,
    "contributions": {
        "type": "object",
        "additionalProperties": {"type": ["number", "null"]},
        "description": "Points of each group, which add up to the resemblance; null: not known.",
    },
    "potential": {
        "type": ["object", "null"],
        "properties": dict.fromkeys(("p10", "p50", "p90"), MONEY_SHAPE),
        "required": ["p10", "p50", "p90"],
    },
    "marks": MARKS_SHAPE,
}


def answer(result: RunResult) -> dict[str, Any]:
    """A row as the API gives it: figures as the page shows them."""
    return {
        **who(result),
        "resemblance": float(result.score) if result.score is not None else None,
        "percentile": round(result.percentile, 2) if result.percentile is not None else None,
        "known_share": known(result),
        "contributions": {k: None if v is None else v / 10 for k, v in in_order(result.contributions)},
        "potential": None if result.p50 is None else amounts(result, "p10", "p50", "p90"),
        "marks": result.marks,
    }


def columns(run: StudyRun) -> list[Column]:
    """The columns of an export; one for each group."""
    groups = [g["key"] for g in run.summary.get("groups", [])]
    return [
        *WHO,
        Column("city", gettext_lazy("City"), lambda r: r.company.city),
        Column("country", gettext_lazy("Country"), lambda r: r.company.country, width=9),
        Column("resemblance", gettext_lazy("Alike, of 100"), lambda r: r.score, kind="decimal"),
        Column("ahead_of", gettext_lazy("Ahead of, share"), lambda r: round(r.percentile / 100, 6), kind="percent"),
        KNOWN,
        *[
            Column(
                f"points_{key}",
                format_lazy("{} ({})", GROUP[key].label, gettext_lazy("points")),
                _points(key),
                kind="decimal",
            )
            for key in groups
        ],
        *potential_columns(),
        mark_column("too_little", gettext_lazy("Not enough known")),
        mark_column(THIN, gettext_lazy("Potential rests on too little")),
    ]


def _points(key: str) -> Any:
    def points(result: RunResult) -> float | None:
        tenths = result.contributions.get(key)
        return None if tenths is None else tenths / 10

    return points


def question(actor: Actor, run: StudyRun) -> dict[str, str]:
    """What a run was asked, in words."""
    named = [*run.parameters["references"], *run.parameters["excluded"]]
    names = {c.public_id: c.name for c in companies_by_public_id(actor=actor, public_ids=named)}
    return question_words(run, Names({}, measure_names(actor=actor)), names)


def usual(actor: Actor, run: StudyRun) -> dict[str, str]:
    """What a run took where nobody asked."""
    return usual_words(run, Names({}, measure_names(actor=actor)))


kinds.register(
    StudyKind(
        key=LOOK_ALIKE,
        label=gettext_lazy("Look-alike"),
        icon="route-2",
        order=10,
        asks=gettext_lazy("Who looks like our best partners?"),
        about=gettext_lazy(
            "Choose the partners that work well. Every other company is compared with them, criterion by criterion, "
            "and the resemblance is explained."
        ),
        comes_out=COMES_OUT,
        start=gettext_lazy("Start a look-alike"),
        new_page="vendor:profiling:lookalike-new",
        page="vendor:profiling:lookalike-detail",
        engine=ScoringEngine(),
        clean=clean,
        question=question,
        usual=usual,
        finding=finding_words,
        answer=answer,
        shape=SHAPE,
        columns=columns,
        figure=Figure(
            gettext_lazy("Alike"), lambda result: result.score, lambda score, signed: formats.number(score, 1, signed=signed)
        ),
        weighed=weighed,
        effect=effect,
        faults=frozenset(FAULTS),
    )
)
