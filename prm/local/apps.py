from django.apps import AppConfig


class LocalConfig(AppConfig):
    """The embedded services and the demo's process supervisor."""

    name = "prm.local"
    label = "local"
