from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, memberships, API keys, sign-in."""

    name = "prm.accounts"
    label = "accounts"

    def ready(self) -> None:
        from prm.accounts import home, navigation, policies  # noqa: F401  registers them
        from prm.accounts.services import preferences_update
        from prm.ui.preferences import keep_with

        home.register()
        navigation.register()
        keep_with(lambda actor, chosen: preferences_update(actor=actor, **chosen))
