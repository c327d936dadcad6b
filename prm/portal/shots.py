"""Pages of the portal for ``make shots``: as a partner's administrator sees them, and the home of a candidate."""

from __future__ import annotations

from prm.access.actors import Role
from prm.ui.shots import Shot, register

for path in ("", "company", "company/edit", "people", "people/new", "brand", "help", "more", "offline", "nothing-here"):
    name = path.replace("/", "-") or "home"
    register(Shot(f"portal-{name}", f"/portal/{path}", role=Role.PARTNER_ADMINISTRATOR))
register(Shot("portal-candidate", "/portal/", role=Role.CANDIDATE))
