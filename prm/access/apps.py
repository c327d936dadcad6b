from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Actors, policies, database roles and row security."""

    name = "prm.access"
    label = "access"

    def ready(self) -> None:
        from prm.access import checks  # noqa: F401  registers the system checks
