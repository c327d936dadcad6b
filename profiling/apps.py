from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProfilingConfig(AppConfig):
    """Stage 1, profiling: know who the potential partners are."""

    name = "profiling"
    label = "profiling"
    verbose_name = _("Profiling")

    def ready(self) -> None:
        # Each import registers something: policies, events, kinds of studies, the job of a run, places on others' pages.
        import profiling.demo
        import profiling.ranking.events
        import profiling.ranking.home
        import profiling.ranking.kind
        import profiling.ranking.merging
        import profiling.ranking.panels
        import profiling.ranking.policies
        import profiling.scoring.kind
        import profiling.scoring.panels
        import profiling.sharing.erasing
        import profiling.sharing.events
        import profiling.sharing.navigation
        import profiling.sharing.notifying
        import profiling.sharing.offering
        import profiling.sharing.panels
        import profiling.sharing.policies
        import profiling.sharing.receivers
        import profiling.studies.events
        import profiling.studies.exporting
        import profiling.studies.home
        import profiling.studies.merging
        import profiling.studies.navigation
        import profiling.studies.policies
        import profiling.studies.tasks
        import profiling.targets.events
        import profiling.targets.exporting
        import profiling.targets.home
        import profiling.targets.merging
        import profiling.targets.navigation
        import profiling.targets.panels
        import profiling.targets.policies

        profiling.studies.navigation.register()  # last: it names the pages of every kind
        profiling.sharing.navigation.register()
        profiling.sharing.notifying.register()
        profiling.sharing.offering.register()
        profiling.sharing.panels.register()
        profiling.studies.exporting.register()
        profiling.targets.exporting.register()
