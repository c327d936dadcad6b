from django.apps import AppConfig


class EventsConfig(AppConfig):
    """What happened: the outbox, and the history read from it."""

    name = "prm.events"
    label = "events"

    def ready(self) -> None:
        from prm.events import policies  # noqa: F401  registers them
