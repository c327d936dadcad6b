"""What studies add to the vendor's home: a new one, the first step, and their names in what happened."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy

from prm.access.actors import Actor
from prm.core.ids import typeid_encode
from prm.events.subjects import SubjectNames, subject_names
from prm.ui import home
from profiling.studies.models import Study
from profiling.studies.selectors import has_studies, study_names


def _studies(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    titles = study_names(actor=actor, ids=list(ids))
    return {
        key: (title, home.address("vendor:profiling:study-detail", typeid_encode(Study.typeid_prefix, key)))
        for key, title in titles.items()
    }


subject_names.register(SubjectNames("study", _studies))
home.acts.register(
    home.HomeAct(
        key="profiling.study", label=gettext_lazy("New study"), icon="plus", url_name="vendor:profiling:study-new",
        permission="profiling.study:create", order=10,
    )
)  # fmt: skip
home.steps.register(
    home.FirstStep(
        key="study", order=30, title=gettext_lazy("Ask who looks like them"),
        text=gettext_lazy("Choose the partners that work well; every other company gets a resemblance and its reasons."),
        act=gettext_lazy("Start a study"), url_name="vendor:profiling:study-new", permission="profiling.study:create",
        is_done=lambda whose: has_studies(actor=whose.actor),
    )
)  # fmt: skip
