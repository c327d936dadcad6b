from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Long work: chunks that record themselves in Postgres; Celery only wakes workers."""

    name = "prm.jobs"
    label = "jobs"
    verbose_name = _("Long work")

    def ready(self) -> None:
        # Every process that may start a job must know the broker, not only workers.
        import prm.celery  # noqa: F401
        from prm.jobs import erasing, navigation, notifying, policies, receivers  # noqa: F401  registers them
        from prm.jobs.runner import periodic  # noqa: F401

        navigation.register()
        notifying.register()
