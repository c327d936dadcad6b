"""Notifications of the vendor's people."""

from __future__ import annotations

from prm.notifications import pages


class NotificationListPage(pages.NotificationListPage):
    """What I was told."""


class NotificationOpenPage(pages.NotificationOpenPage):
    """Marks one as read and goes to it."""


class NotificationsReadPage(pages.NotificationsReadPage):
    """Marks all as read."""


class UnreadCountPage(pages.UnreadCountPage):
    """The figure at the bell."""


class PreferencesPage(pages.PreferencesPage):
    """How I want to be told."""
