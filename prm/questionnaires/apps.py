from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionnairesConfig(AppConfig):
    """Questions asked of partners' people: built, sent, answered, told."""

    name = "prm.questionnaires"
    label = "questionnaires"
    verbose_name = _("Questionnaires")

    def ready(self) -> None:
        from prm.questionnaires import erasing, events, exporting, home, merging, navigation, policies  # noqa: F401  registers them

        exporting.register()
        home.register()
        merging.register()
        navigation.register()
