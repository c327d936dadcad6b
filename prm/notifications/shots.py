"""Notifications for ``make shots``, behind both doors."""

from __future__ import annotations

from prm.access.actors import Role
from prm.ui.shots import Shot, register

register(Shot("notification-preferences", "/notifications/preferences"))
register(Shot("portal-notifications", "/portal/notifications", role=Role.PARTNER_ADMINISTRATOR))
register(Shot("portal-preferences", "/portal/notifications/preferences", role=Role.PARTNER_ADMINISTRATOR))
