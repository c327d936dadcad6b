"""What sharing adds to the head of a study's page: who outside sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.accounts.selectors.guests import guests_count
from prm.ui.panels import Panel, panels
from profiling.studies.models import Study


def seen_by(actor: Actor, study: Study) -> dict[str, Any] | None:
    """How many specialists see the study, and how many are invited to; None where nobody does."""
    if not actor.may("accounts.person:view"):
        return None
    seeing, waiting = guests_count(actor=actor, study_id=study.pk)
    return {"study": study, "seeing": seeing, "waiting": waiting} if seeing or waiting else None


def register() -> None:
    """Called once, when the app is ready."""
    panels.register(
        Panel(
            key="specialists", place="study:head", title=_("Shared with"), template="profiling/sharing/seen_by.html",
            provider=seen_by, permission="profiling.publication:share",
        )
    )  # fmt: skip
