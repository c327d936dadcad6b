"""The two addresses that take a file of ``PRM_UPLOAD_MAX_BYTES``, from people who may import one."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from prm.access.uploads import allowances

TAKING = {"/imports/new", "/api/v1/imports"}


def _allowed(request: HttpRequest) -> int:
    actor = getattr(request, "actor", None)
    may_import = actor is not None and actor.may("imports.import:create")
    return int(settings.PRM_UPLOAD_MAX_BYTES) if may_import and request.path in TAKING else 0


allowances.append(_allowed)
