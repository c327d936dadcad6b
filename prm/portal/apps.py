from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The partner portal."""

    name = "prm.portal"
    label = "portal"

    def ready(self) -> None:
        from prm.ui.portal_shell import PortalTab, portal_tabs

        portal_tabs.register(PortalTab(label=_("Home"), icon="home", url_name="portal:home", order=0))
