from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Long work: chunks that record themselves in Postgres; Celery only wakes workers."""

    name = "prm.jobs"
    label = "jobs"

    def ready(self) -> None:
        # Every process that may start a job must know the broker, not only workers.
        import prm.celery  # noqa: F401
        from prm.jobs import policies  # noqa: F401  registers them
        from prm.jobs.runner import periodic  # noqa: F401

        _register_pages()


def _register_pages() -> None:
    from django.utils.translation import gettext_lazy as _

    from prm.jobs.selectors import jobs_open_count
    from prm.ui import nav

    nav.register(
        nav.NavItem(
            nav.Stage.ADMIN,
            _("Jobs"),
            "clock",
            "vendor:jobs:job-list",
            permission="jobs.job:view",
            order=10,
            key="j",
            count=lambda actor: jobs_open_count(actor=actor),
        )
    )
