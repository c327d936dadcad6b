from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo world: made from a seed, filled in part by part."""

    name = "prm.demo"
    label = "demo"
