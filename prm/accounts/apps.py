from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, memberships, API keys, sign-in."""

    name = "prm.accounts"
    label = "accounts"
    verbose_name = _("People and keys")

    def ready(self) -> None:
        from prm.accounts import home, navigation, policies, receivers, signals, telling, text_copies  # noqa: F401  registers them
        from prm.accounts.selectors.persons import names_of_those_who_may, person_names
        from prm.accounts.services.accounts import preferences_update
        from prm.events.telling import name_people_with
        from prm.ui.helping import help_by
        from prm.ui.preferences import keep_with

        home.register()
        navigation.register()
        help_by(lambda actor, permission: names_of_those_who_may(actor=actor, permission=permission))
        name_people_with(lambda actor, ids: person_names(actor=actor, user_ids=list(ids)))
        keep_with(lambda actor, chosen: preferences_update(actor=actor, **chosen))
