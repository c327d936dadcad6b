"""Pages for whoever writes programs, for ``make shots``."""

from __future__ import annotations

from django.urls import reverse

from prm.access.actors import Role
from prm.api.problems import PROBLEMS
from prm.ui.shots import Shot, register

register(Shot("api-problems", PROBLEMS, signed_in=False))
register(Shot("api-reference", lambda actor: reverse("vendor:api:reference-detail")))
register(Shot("portal-api-reference", "/portal/developers/api", role=Role.PARTNER_ADMINISTRATOR))
