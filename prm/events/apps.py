from django.apps import AppConfig


class EventsConfig(AppConfig):
    """What happened: the outbox, its delivery to subscribers, the history read from it, the audit chain."""

    name = "prm.events"
    label = "events"

    def ready(self) -> None:
        from prm.events import policies, receivers  # noqa: F401  registers them
