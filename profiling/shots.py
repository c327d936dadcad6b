"""Pages of studies and target lists for ``make shots``: the newest of each kind that has something to show."""

from __future__ import annotations

from django.urls import reverse

from prm.access.actors import Actor, Role
from prm.ui.shots import Shot, register
from profiling.ranking.selectors import RANKING
from profiling.scoring.selectors import LOOK_ALIKE
from profiling.sharing.selectors import publication_list
from profiling.studies.selectors import run_list, study_list
from profiling.targets.selectors import target_list_list


def study_path(actor: Actor, name: str, *, kind: str = "", runs: int = 1) -> str | None:
    """A page of the newest study of a kind with so many finished runs."""
    for study in study_list(actor=actor, kind=kind)[:20]:
        if run_list(actor=actor, study=study).filter(finished_at__isnull=False).count() >= runs:
            return reverse(f"vendor:profiling:{name}", args=[study.public_id])
    return None


def _target_list(actor: Actor) -> str | None:
    found = max(target_list_list(actor=actor)[:20], key=lambda found: found.size, default=None)  # type: ignore[attr-defined]
    return reverse("vendor:profiling:target-list-detail", args=[found.public_id]) if found else None


def _shared(actor: Actor) -> str | None:
    found = publication_list(actor=actor)
    return reverse("vendor:profiling:shared", args=[found[0].study_public_id]) if found else None


register(Shot("study-new", lambda actor: reverse("vendor:profiling:study-new")))
register(Shot("lookalike-new", lambda actor: reverse("vendor:profiling:lookalike-new")))
register(Shot("ranking-new", lambda actor: reverse("vendor:profiling:ranking-new")))
register(Shot("lookalike", lambda actor: study_path(actor, "lookalike-detail", kind=LOOK_ALIKE)))
register(Shot("ranking", lambda actor: study_path(actor, "ranking-detail", kind=RANKING)))
register(Shot("study-compare", lambda actor: study_path(actor, "study-compare", runs=2)))
register(Shot("target-list", _target_list))
register(Shot("study-specialists", lambda actor: study_path(actor, "study-specialists", kind=LOOK_ALIKE), role=Role.DIRECTOR))
register(Shot("specialist-home", "/", role=Role.SPECIALIST))
register(Shot("specialist-study", _shared, role=Role.SPECIALIST))
