from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """Files in: mapping, dry run, errors, undo."""

    name = "prm.imports"
    label = "imports"
    verbose_name = _("Imports")

    def ready(self) -> None:
        from prm.imports import allowance, erasing, events, exporting, home, navigation, policies, tasks  # noqa: F401  registers them

        exporting.register()
        home.register()
        navigation.register()
