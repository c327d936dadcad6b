from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Companies, partners, products, sales."""

    name = "prm.partners"
    label = "partners"

    def ready(self) -> None:
        from prm.partners import exporting, home, imports, navigation, policies  # noqa: F401  registers them

        exporting.register()
        home.register()
        imports.register()
        navigation.register()
