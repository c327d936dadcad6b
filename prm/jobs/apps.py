from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Long work: chunks that record themselves in Postgres; Celery only wakes workers."""

    name = "prm.jobs"
    label = "jobs"

    def ready(self) -> None:
        from prm.jobs import policies  # noqa: F401  registers them
        from prm.jobs.runner import periodic  # noqa: F401
