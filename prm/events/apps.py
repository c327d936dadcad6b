from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """What happened: the outbox, its delivery to subscribers, the history read from it, the audit chain."""

    name = "prm.events"
    label = "events"
    verbose_name = _("History and delivery")

    def ready(self) -> None:
        from prm.events import policies, receivers  # noqa: F401  registers them
