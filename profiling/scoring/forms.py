"""The question of a look-alike as its form sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from profiling.scoring.catalogue import GROUPS, shares_of
from profiling.studies.forms import filters_from

WEIGHT, INSIDE, COMPARE = "weight_", "inside_", "compare_"


def question_from(post: QueryDict, current: Mapping[str, Any], shown: Mapping[str, float]) -> dict[str, Any]:
    """The parameters that a form asks for, from those that hold now: weights, what is compared, filters, references added or
    taken away."""
    question = {**current, "filters": filters_from(post, current.get("filters", {}))}
    question["groups"] = _weights_from(post, current.get("groups") or {}, shown)
    question["criteria"] = {**current.get("criteria", {}), **_named(post, INSIDE)}
    question["criteria"] = {key: w for key, w in question["criteria"].items() if w not in {"1.0", "1", 1}}
    question["compare"] = {**current.get("compare", {}), **_named(post, COMPARE)}
    references = list(current.get("references", []))
    swapped = dict(pair.split(":", 1) for pair in post.getlist("swap") if ":" in pair)
    references = [swapped.get(r, r) for r in references]
    added, removed = post.getlist("add"), " ".join(post.getlist("remove")).split()
    question["references"] = [r for r in dict.fromkeys([*references, *added]) if r not in removed]
    question["excluded"] = [r for r in current.get("excluded", []) if r not in added and r not in post.getlist("include")]
    question["excluded"] += [r for r in post.getlist("exclude") if r not in question["excluded"]]
    return question


def _weights_from(post: QueryDict, current: Mapping[str, float]) -> dict[str, Any]:
    """Sliders show whole numbers out of 100. Left as they were shown they change nothing, and equal ones are exactly equal."""
    shown = [g.key for g in GROUPS if WEIGHT + g.key in post]
    sent = {key: post[WEIGHT + key] for key in shown}
    if not sent or list(sent.values()) == [str(share) for share in shares_of([current.get(key, 0.0) for key in shown])]:
        return dict(current)
    return {} if list(sent.values()) == [str(share) for share in shares_of([1.0] * len(shown))] else sent


def _named(post: QueryDict, prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): post[name] for name in post if name.startswith(prefix)}
