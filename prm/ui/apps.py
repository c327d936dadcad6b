from django.apps import AppConfig


class UiConfig(AppConfig):
    """Page kinds, tables, charts, components, template tags."""

    name = "prm.ui"
    label = "ui"
