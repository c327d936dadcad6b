from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Tables out: any list as a file, at once or by a job, and who took what."""

    name = "prm.exports"
    label = "exports"

    def ready(self) -> None:
        from prm.exports import events, policies, sources_kernel, tasks  # noqa: F401  registers them

        _register_pages()


def _register_pages() -> None:
    from django.utils.translation import gettext_lazy as _

    from prm.ui import nav

    nav.register(
        nav.NavItem(
            nav.Stage.ADMIN,
            _("Exports"),
            "download",
            "vendor:exports:export-list",
            permission="exports.export:view",
            order=12,
        )
    )
