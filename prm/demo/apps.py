from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo world: made from a seed, filled in part by part."""

    name = "prm.demo"
    label = "demo"

    def ready(self) -> None:
        from prm.demo import parts  # noqa: F401  registers what prm itself adds
