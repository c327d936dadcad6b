from django.apps import AppConfig


class ViewsConfig(AppConfig):
    """Saved views of list pages: one's own, and those that colleagues share."""

    name = "prm.views"
    label = "views"

    def ready(self) -> None:
        from prm.views import events, policies  # noqa: F401  registers them
