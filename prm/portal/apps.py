"""The partner portal (G2): its home, and what belongs to no single feature. Each feature's own pages are its ``portal.py``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The partner portal."""

    name = "prm.portal"
    label = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from prm.partners.merging import How, Tie, merge
        from prm.portal import events, panels, policies  # noqa: F401  registers them
        from prm.portal.models import Brand
        from prm.portal.selectors import own_mark
        from prm.ui.portal_shell import PortalTab, mark_with, portal_tabs

        for tab in (
            PortalTab(label=_("Home"), icon="home", url_name="portal:home", order=0),
            PortalTab(
                label=_("Company"), icon="building", url_name="portal:company", order=100, under=("portal:company",),
                permission="partners.company:view",
            ),
            PortalTab(
                label=_("People"), icon="users", url_name="portal:people", order=200, under=("portal:people",),
                permission="accounts.person:view",
            ),
            PortalTab(
                label=_("More"), icon="menu-2", url_name="portal:more", order=900,
                under=("portal:more", "portal:help", "portal:brand", "portal:accounts:api-key", "portal:api"),
            ),
        ):  # fmt: skip
            portal_tabs.register(tab)
        mark_with(lambda actor: own_mark(actor=actor))
        panels.register()
        merge.register(Tie(model=Brand, field="partner", how=How.STAY))
