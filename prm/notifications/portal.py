"""Notifications of a partner's people and candidates."""

from __future__ import annotations

from prm.access.actors import PORTAL_DOOR
from prm.notifications import pages


class NotificationListPage(pages.NotificationListPage):
    """What I was told."""

    audiences = PORTAL_DOOR


class NotificationOpenPage(pages.NotificationOpenPage):
    """Marks one as read and goes to it."""

    audiences = PORTAL_DOOR


class NotificationsReadPage(pages.NotificationsReadPage):
    """Marks all as read."""

    audiences = PORTAL_DOOR


class UnreadCountPage(pages.UnreadCountPage):
    """The figure at the bell."""

    audiences = PORTAL_DOOR


class PreferencesPage(pages.PreferencesPage):
    """How I want to be told."""

    audiences = PORTAL_DOOR
