"""Each step of the import wizard for ``make shots``: the newest import that stands there."""

from __future__ import annotations

from django.urls import reverse

from prm.access.actors import Actor
from prm.imports.models import ImportState
from prm.imports.selectors import import_list
from prm.ui.shots import Shot, register


def _standing(actor: Actor, *states: ImportState) -> str | None:
    found = import_list(actor=actor).filter(state__in=states).first()
    return reverse("vendor:imports:import-detail", args=[found.public_id]) if found else None


register(Shot("import-file", lambda actor: reverse("vendor:imports:import-new")))
register(Shot("import-columns", lambda actor: _standing(actor, ImportState.UPLOADED)))
register(Shot("import-check", lambda actor: _standing(actor, ImportState.CHECKED)))
register(Shot("import-summary", lambda actor: _standing(actor, ImportState.DONE)))
register(Shot("import-undone", lambda actor: _standing(actor, ImportState.UNDONE)))
register(Shot("import-stopped", lambda actor: _standing(actor, ImportState.FAILED, ImportState.CANCELLED)))
