from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """What happened, for people: the log, dead letters, the audit trail, and whether everything runs."""

    name = "prm.activity"
    label = "activity"

    def ready(self) -> None:
        from prm.activity import home, navigation, tasks, vitals  # noqa: F401  registers them

        home.register()
        navigation.register()
        vitals.register()
