from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Companies, partners, products, sales."""

    name = "prm.partners"
    label = "partners"
    verbose_name = _("Companies and partners")

    def ready(self) -> None:
        from prm.partners import (  # noqa: F401  registers them
            exporting,
            history,
            home,
            home_proposals,
            imports,
            merge_ties,
            navigation,
            notifying,
            policies,
            receivers,
            telling,
        )

        exporting.register()
        history.register()
        home.register()
        home_proposals.register()
        imports.register()
        merge_ties.register()
        navigation.register()
        notifying.register()
