from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Files in: mapping, dry run, errors, undo."""

    name = "prm.imports"
    label = "imports"

    def ready(self) -> None:
        from prm.imports import events, exporting, home, policies, tasks  # noqa: F401  registers them

        exporting.register()
        home.register()
        _register_pages()


def _register_pages() -> None:
    from django.utils.translation import gettext_lazy as _

    from prm.ui import nav

    nav.register(
        nav.NavItem(
            nav.Stage.PROFILING,
            _("Imports"),
            "file-import",
            "vendor:imports:import-list",
            permission="imports.import:view",
            order=90,
            key="i",
        )
    )
