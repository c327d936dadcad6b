"""The question of a look-alike as its page shows it: weights that add up to 100, what each group compares, what held-out
partners say. Plain data, no reading and no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.ui import formats
from profiling.scoring.catalogue import CRITERIA, GROUP, GROUPS, Names, compared_by, shares_of
from profiling.scoring.rules import Kind
from profiling.studies.models import StudyRun
from profiling.studies.words import filters_words

#: Weights of a criterion inside its group that the page offers; the API takes any.
INSIDE = (
    (0.0, gettext_lazy("not at all")),
    (0.5, gettext_lazy("half")),
    (1.0, gettext_lazy("as it is")),
    (2.0, gettext_lazy("double")),
)
COMPARED = (("near", gettext_lazy("near: more and less differ")), ("at_least", gettext_lazy("at least: only less differs")))
HOW = {
    Kind.NUMBER: "",
    Kind.CATEGORY: gettext_lazy("the same or not"),
    Kind.LABELS: gettext_lazy("how much of what they have"),
    Kind.TERRITORY: gettext_lazy("how much overlaps"),
    Kind.PLACE: gettext_lazy("how near"),
}
#: Where the parts of the question stand on its page: field → its id and label.
PLACES: Mapping[str, tuple[str, Any]] = {
    "references": ("refs-h", gettext_lazy("Reference partners")),
    "groups": ("weights-h", gettext_lazy("Weights")),
    "excluded": ("excluded-h", gettext_lazy("Not like us")),
    **{f"groups.{group.key}": (f"s-weight_{group.key}", group.label) for group in GROUPS},
    **{
        f"criteria.{criterion.key}": (f"in-{criterion.key}", gettext_lazy("What each group compares"))
        for criterion in CRITERIA
    },
    **{
        f"compare.{criterion.key}": (f"in-{criterion.key}", gettext_lazy("What each group compares"))
        for criterion in CRITERIA
    },
}
LISTED = 5
UNUSABLE = {
    "unknown": gettext_lazy("not known of the references"),
    "constant": gettext_lazy("the same for everybody"),
    "none": gettext_lazy("the references have none"),
}


def weights_shown(parameters: Mapping[str, Any], run: StudyRun | None) -> list[dict[str, Any]]:
    """A slider for each group of which the universe knows something, or all before the first run: the weights that are set,
    else those that the run was served with. They add up to 100 whatever unit they were given in."""
    served = {g["key"]: g["weight"] for g in run.summary.get("groups", [])} if run else {}
    known = set(served) or set(GROUP)
    given = parameters.get("groups") or served
    shown = [g for g in GROUPS if g.key in known]
    shares = shares_of([given.get(g.key, 0.0) for g in shown])
    return [
        {"key": g.key, "label": g.label, "colour": g.colour.removeprefix("c-"), "weight": share}
        for g, share in zip(shown, shares, strict=True)
    ]


def criteria_shown(parameters: Mapping[str, Any], run: StudyRun | None, names: Names) -> list[dict[str, Any]]:
    """Group by group what is compared: name, how, weight inside the group, and why a criterion says nothing here."""
    rows = run.summary.get("criteria", []) if run else [{"key": c.key, "group": c.group} for c in CRITERIA]
    kinds = {c.key: c.kind for c in CRITERIA}
    inside, compare = parameters.get("criteria", {}), parameters.get("compare", {})
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = row["key"]
        kind = Kind(row["kind"]) if "kind" in row else kinds.get(key, Kind.NUMBER)
        weight = float(inside.get(key, 1.0))
        offered = [
            (str(w), str(words)) for w, words in INSIDE
        ]  # as text: a template writes a number as the reader's language does
        if weight not in dict(INSIDE):
            offered.append((str(weight), formats.number(weight, None)))
        group = groups.setdefault(row["group"], {"label": GROUP[row["group"]].label, "criteria": []})
        group["criteria"].append(
            {
                "key": key,
                "label": names.criterion(key),
                "weight": str(weight),
                "weights": offered,
                "how": HOW[kind],
                "compare": compare.get(key, compared_by(key).value) if kind is Kind.NUMBER else "",
                "unusable": UNUSABLE.get(row.get("unusable") or "", ""),
            }
        )
    return [groups[g.key] for g in GROUPS if g.key in groups]


def question_words(run: StudyRun, names: Names, companies: Mapping[str, str]) -> dict[str, str]:
    """What a run was asked as name → value, to set two side by side: with the weights that it ran with, whoever chose them.
    ``companies`` are names by id."""
    parameters = run.parameters
    words = {str(_("Reference partners")): _listed(parameters["references"], companies)}
    is_set = parameters["groups"] or parameters.get("criteria")
    words[_("Weights")] = _("set by hand") if is_set else _("as the references suggest")
    words |= {_("Weight of %(group)s") % {"group": g["label"]}: str(g["weight"]) for g in weights_shown(parameters, run)}
    inside = dict(INSIDE)
    for key, weight in parameters.get("criteria", {}).items():
        name = _("%(criterion)s inside its group") % {"criterion": names.criterion(key)}
        words[name] = str(inside.get(weight, formats.number(weight, None)))
    for key, how in parameters.get("compare", {}).items():
        words[_("How %(criterion)s is compared") % {"criterion": names.criterion(key)}] = str(dict(COMPARED)[how])
    words |= filters_words(parameters["filters"])
    if parameters["excluded"]:
        words[_("Not like us")] = _listed(parameters["excluded"], companies)
    return words


def usual_words(run: StudyRun, names: Names) -> dict[str, str]:
    """What a run took inside its groups where nobody asked, as name → value."""
    words = {}
    for row in run.summary.get("criteria", []):
        key, name = row["key"], names.criterion(row["key"])
        words[_("%(criterion)s inside its group") % {"criterion": name}] = str(dict(INSIDE)[1.0])
        words[_("How %(criterion)s is compared") % {"criterion": name}] = str(dict(COMPARED)[compared_by(key).value])
    return words


def _listed(ids: Sequence[str], companies: Mapping[str, str]) -> str:
    """The names of up to five, and how many more."""
    named = [companies.get(one, _("a company that is gone")) for one in ids]
    more = len(named) - LISTED
    return ", ".join(named[:LISTED]) + (_(" and %(count)s more") % {"count": more} if more > 0 else "")


def evaluation_words(evaluation: Mapping[str, Any], weights: str) -> dict[str, str]:
    """What held-out partners say of the weights: ``verdict``, one sentence that a person can act on; ``text``, the figures behind it
    with their range; ``conclusion``, who chose the weights. ``weights``: set, suggested or equal."""
    if not evaluation:
        return {}
    suggested = {"conclusion": _("The references suggest these weights.")} if weights == "suggested" else {}
    if evaluation["status"] == "too_few":
        text = ngettext(
            "Only %(count)s good partner is known; it takes %(needed)s to put some aside and see whether these weights find them.",
            "Only %(count)s good partners are known; it takes %(needed)s to put some aside and see whether these weights find them.",
            evaluation["partners"],
        )
        told = {"count": evaluation["partners"], "needed": evaluation["needed"]}
        return {"verdict": _("Too few partners to tell."), "text": text % told, **suggested}
    figures = {
        "count": evaluation["partners"],
        "others": formats.number(evaluation["candidates"] - evaluation["partners"]),
        "chosen": _lift(evaluation["methods"]["chosen"]),
        "equal": _lift(evaluation["methods"]["equal"]),
    }
    text = _(
        "%(count)s partners were hidden among %(others)s companies. In the best 1 %%, these weights find %(chosen)s as many of them"
        " as chance would; equal weights %(equal)s."
    )
    return {"verdict": _verdict(evaluation, weights), "text": text % figures, **suggested}


def _verdict(evaluation: Mapping[str, Any], weights: str) -> str:
    if weights == "equal" and evaluation["status"] == "worse":
        return _("What the references suggest finds our partners less well: equal weights are used instead.")
    if evaluation["status"] == "worse":
        return _("Equal weights find our partners better than these.")
    if _range(evaluation["methods"]["chosen"])[0] <= 1:
        return _("Cannot tell: these weights may do no better than chance.")
    if evaluation["status"] == "better":
        return _("Works: finds our partners, and better than equal weights.")
    return _("Works: finds our partners; no better or worse than equal weights for certain.")


def _range(measured: Sequence[float | None]) -> tuple[float, float]:
    """A lift within two standard errors."""
    lift, error = measured[0] or 0.0, measured[1] or 0.0
    return max(lift - 2 * error, 0.0), lift + 2 * error


def _lift(measured: Sequence[float | None]) -> str:
    low, high = _range(measured)
    return _("%(lift)s× (%(low)s to %(high)s)") % {
        "lift": formats.number(measured[0], 1), "low": formats.number(low, 1), "high": formats.number(high, 1)
    }  # fmt: skip
