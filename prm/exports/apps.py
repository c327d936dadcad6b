from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Tables out: any list as a file, at once or by a job, and who took what."""

    name = "prm.exports"
    label = "exports"
    verbose_name = _("Exports")

    def ready(self) -> None:
        from prm.exports import events, navigation, policies, sources_kernel, tasks  # noqa: F401  registers them

        navigation.register()
