from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ViewsConfig(AppConfig):
    """Saved views of list pages: one's own, and those that colleagues share."""

    name = "prm.views"
    label = "views"
    verbose_name = _("Lists")

    def ready(self) -> None:
        from prm.views import events, policies  # noqa: F401  registers them
