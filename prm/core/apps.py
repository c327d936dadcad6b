from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Base model, ids, text keys, money, errors, registries."""

    name = "prm.core"
    label = "core"
