"""Studies as those who invite specialists choose them (``prm.accounts.guests``)."""

from __future__ import annotations

from prm.accounts.guests import StudySource, study_sources
from profiling.sharing.selectors_specialists import archived_among, studies_to_share, titles_to_share


def register() -> None:
    """Called once, when the app is ready."""
    study_sources.register(
        StudySource(
            key="profiling", choices=lambda actor: studies_to_share(actor=actor),
            titles=lambda actor, ids: titles_to_share(actor=actor, ids=ids),
            archived=lambda actor, ids: archived_among(actor=actor, ids=ids),
        )
    )  # fmt: skip
