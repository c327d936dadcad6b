from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Notifications: bell, list, preferences, e-mail, daily digest."""

    name = "prm.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from prm.notifications import erasing, kinds_below, navigation, policies, receivers  # noqa: F401  registers them

        kinds_below.register()
        navigation.register()
