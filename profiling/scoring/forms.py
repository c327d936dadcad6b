"""The question of a look-alike as its form sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from profiling.scoring.catalogue import GROUPS
from profiling.studies.forms import filters_from

PREFIX = "weight_"


def question_from(post: QueryDict, current: Mapping[str, Any], shown: Mapping[str, float]) -> dict[str, Any]:
    """The parameters that a form asks for, from those that hold now: weights, filters, references added or taken away.

    ``shown`` are the sliders' weights as the form had them: left as they were, nobody has set them.
    """
    question = {**current, "filters": filters_from(post, current.get("filters", {}))}
    weights = {g.key: post[PREFIX + g.key] for g in GROUPS if PREFIX + g.key in post}
    if weights and (current.get("groups") or weights != {key: str(weight) for key, weight in shown.items()}):
        question["groups"] = weights
    references = list(current.get("references", []))
    added, removed = post.getlist("add"), post.getlist("remove")
    question["references"] = [r for r in dict.fromkeys([*references, *added]) if r not in removed]
    question["excluded"] = [r for r in current.get("excluded", []) if r not in added and r not in post.getlist("include")]
    question["excluded"] += [r for r in post.getlist("exclude") if r not in question["excluded"]]
    return question
