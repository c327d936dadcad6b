from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Companies, partners, products, sales."""

    name = "prm.partners"
    label = "partners"
    verbose_name = _("Companies and partners")

    def ready(self) -> None:
        from prm.partners import (  # noqa: F401  registers them
            erasing,
            exporting,
            imports,
            merge_ties,
            navigation,
            notifying,
            policies,
            receivers,
            tasks,
        )
        from prm.partners.history import lines, telling  # noqa: F401  registers them
        from prm.partners.home import channel, proposals

        exporting.register()
        imports.register()
        channel.register()
        proposals.register()
        lines.register()
        merge_ties.register()
        navigation.register()
        notifying.register()
