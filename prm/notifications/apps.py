from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Notifications: bell, list, preferences, e-mail, daily digest."""

    name = "prm.notifications"
    label = "notifications"

    def ready(self) -> None:
        from prm.notifications import kinds_below, navigation, policies, receivers  # noqa: F401  registers them

        kinds_below.register()
        navigation.register()
