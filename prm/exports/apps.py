from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Tables out: any list as a file, at once or by a job, and who took what."""

    name = "prm.exports"
    label = "exports"

    def ready(self) -> None:
        from prm.exports import events, navigation, policies, sources_kernel, tasks  # noqa: F401  registers them

        navigation.register()
