from django.apps import AppConfig


class ProfilingConfig(AppConfig):
    """Stage 1, profiling: know who the potential partners are (MODEL P1–P11)."""

    name = "profiling"
    label = "profiling"

    def ready(self) -> None:
        # Each import registers something: policies, events, kinds of studies, the job of a run, places on others' pages.
        from profiling import demo  # noqa: F401
        from profiling.ranking import events as _ranking_events  # noqa: F401
        from profiling.ranking import home as _ranking_home  # noqa: F401
        from profiling.ranking import kind as _ranking  # noqa: F401
        from profiling.ranking import panels as _ranking_panels  # noqa: F401
        from profiling.ranking import policies as _ranking_policies  # noqa: F401
        from profiling.scoring import kind as _scoring  # noqa: F401
        from profiling.scoring import panels as _scoring_panels  # noqa: F401
        from profiling.studies import events, home, navigation, policies, tasks  # noqa: F401
        from profiling.studies import exporting as study_exports
        from profiling.targets import events as _target_events  # noqa: F401
        from profiling.targets import exporting as target_exports
        from profiling.targets import home as _target_home  # noqa: F401
        from profiling.targets import navigation as _target_navigation  # noqa: F401
        from profiling.targets import panels as _target_panels  # noqa: F401
        from profiling.targets import policies as _target_policies  # noqa: F401

        navigation.register()  # last: it names the pages of every kind
        study_exports.register()
        target_exports.register()
