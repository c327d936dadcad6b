"""Pages of exports for ``make shots``: the newest one, and the menu of a list."""

from __future__ import annotations

from django.urls import reverse

from prm.access.actors import Actor
from prm.exports.selectors import export_list
from prm.ui.shots import Shot, register


def _export(actor: Actor) -> str | None:
    found = export_list(actor=actor).first()
    return reverse("vendor:exports:export-detail", args=[found.public_id]) if found else None


register(Shot("export", _export))
register(Shot("export-menu", "/companies", press=(".tools details:last-of-type > summary",)))
