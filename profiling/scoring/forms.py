"""The question of a look-alike as its form sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from profiling.scoring.catalogue import GROUPS, shares_of
from profiling.studies.forms import filters_from

WEIGHT, INSIDE, COMPARE = "weight_", "inside_", "compare_"
SUGGESTED = "suggested_weights"


def question_from(post: QueryDict, current: Mapping[str, Any], shown: Mapping[str, float]) -> dict[str, Any]:
    """The parameters that a form asks for, from those that hold now: weights, what is compared, filters, references added or
    taken away. ``shown`` are the sliders' weights as the form had them: left as they were, nobody has set them."""
    question = {**current, "filters": filters_from(post, current.get("filters", {}))}
    question["criteria"] = {**current.get("criteria", {}), **_named(post, INSIDE)}
    question["criteria"] = {key: w for key, w in question["criteria"].items() if w not in {"1.0", "1", 1}}
    question["groups"] = _weights_from(post, current.get("groups") or {}, shown)
    if question["criteria"] and not current.get("criteria") and not question["groups"]:
        question["groups"] = dict(shown)  # a person weighs inside the groups: what these weigh stays as it is shown
    question["compare"] = {**current.get("compare", {}), **_named(post, COMPARE)}
    references = list(current.get("references", []))
    swapped = dict(pair.split(":", 1) for pair in post.getlist("swap") if ":" in pair)
    references = [swapped.get(r, r) for r in references]
    added, removed = post.getlist("add"), " ".join(post.getlist("remove")).split()
    question["references"] = [r for r in dict.fromkeys([*references, *added]) if r not in removed]
    question["excluded"] = [r for r in current.get("excluded", []) if r not in added and r not in post.getlist("include")]
    question["excluded"] += [r for r in post.getlist("exclude") if r not in question["excluded"]]
    return question


def _weights_from(post: QueryDict, current: Mapping[str, float], shown: Mapping[str, float]) -> dict[str, Any]:
    """Sliders show whole numbers out of 100. Left as they were shown they change nothing; left as the references suggest
    nobody has set them; equal ones are exactly equal."""
    sent = {g.key: str(post[WEIGHT + g.key]) for g in GROUPS if WEIGHT + g.key in post}
    if sent and ",".join(sent.values()) == post.get(SUGGESTED):
        return {}
    if not sent or sent == {key: str(weight) for key, weight in shown.items()}:
        return dict(current)
    return dict.fromkeys(sent, 1.0) if list(sent.values()) == [str(share) for share in shares_of([1.0] * len(sent))] else sent


def _named(post: QueryDict, prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): post[name] for name in post if name.startswith(prefix)}
